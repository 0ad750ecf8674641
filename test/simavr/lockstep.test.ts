/**
 * Two emulators, one image: what was said to the emulated rig is said again to simavr, each byte at its cycle, and the
 * coils change in the same way at the same ticks.
 *
 * What a byte takes is not the same: simavr makes it eleven bits long, so a command is heard up to a millisecond later.
 * A step has its tick in its command and does not move with it.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { emulatedRig, rigFirmware } from '#hil/rig/avr/rig'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import { encodeFrame } from '#protocol/frame'
import type { MessageOf } from '#protocol/message'
import { Splitter } from '#protocol/splitter'
import { Rig, segment } from '../firmware/rig.ts'
import { bolus, draft, scenarioOf, therapy } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'
import { Probe, SECOND_cycles } from './probe.ts'
import { type Deeds, edgesOf, HAS_SIMAVR, type LineByte, Simavr } from './simavr.ts'

vi.setConfig({ testTimeout: 120_000 })

/** What the chip said of its counters. */
function counters({ said }: Deeds): MessageOf<'TEL'>[] {
  return new Splitter('to-host').push(said).flatMap((piece) => {
    return piece.kind === 'frame' && piece.frame.message.type === 'TEL' ? [piece.frame.message] : []
  })
}

/** A run on the emulated rig with a probe on its chip. */
async function probed(text: string): Promise<{ readonly probe: Probe; readonly ticks: readonly number[] }> {
  let probe: Probe | undefined
  const rig = emulatedRig({
    flash: rigFirmware(),
    probe: (mcu) => {
      probe = new Probe(mcu)
    },
  })
  const trace = await execute(scenarioOf(text), modelPump, rig)
  expect(recordsOf(trace.records, 'end')[0]).toMatchObject({ complete: true })
  if (probe === undefined) throw new Error('the run had no chip')
  return { probe, ticks: stepTicks(trace) }
}

/** The bytes with the first SEG a tick later; cycles stay. */
function altered(bytes: readonly LineByte[]): LineByte[] {
  const text = Buffer.from(bytes.map(({ value }) => value)).toString('latin1')
  const line = /\$[^\n]*SEG[^\n]*\n/.exec(text)
  if (line === null) throw new Error('nothing was to move')
  const [piece] = new Splitter('to-rig').push(Buffer.from(line[0], 'latin1'))
  if (piece?.kind !== 'frame' || piece.frame.message.type !== 'SEG') throw new Error('that is no segment')
  const { sequence, message } = piece.frame
  const later = encodeFrame(sequence, { ...message, first: message.first + 1 })
  expect(later).toHaveLength(line[0].length)
  return bytes.map((byte, at) => ({ ...byte, value: later[at - line.index] ?? byte.value }))
}

const PLAIN = draft({ duration: '5 min', prescription: [therapy('0 s', '5 mg/d')], sample: '5 min' })

/** Two boluses on top of a basal rate, one of them cut off by a change of the therapy. */
const FLEX = draft({
  duration: '20 min',
  prescription: [
    '{ at: 0 s, therapy: { mode: flex, basal: 1 mg/d, boluses: [{ at: "08:02", dose: 10 ug, over: 3 min }, { at: "08:07", dose: 20 ug, over: 5 min }] } }',
    therapy('10 min 1300 ms', '2 mg/d'),
    bolus('14 min', '2 uL', '1 min'),
  ],
  sample: '20 min',
})

describe.skipIf(!HAS_SIMAVR)('the image of the firmware on simavr (needs libsimavr-dev and gcc)', () => {
  let simavr: Simavr
  beforeAll(() => {
    simavr = new Simavr()
  })
  afterAll(() => simavr?.remove())

  it.each([
    ['a plain therapy', PLAIN, 120],
    ['flex with boluses, a change that takes steps back and a bolus by hand', FLEX, 200],
  ])('turns the motor at the ticks of the emulated rig: %s', async (_what, text, least) => {
    const { probe, ticks } = await probed(text)
    expect(ticks.length).toBeGreaterThan(least)
    const other = simavr.replay(probe.bytes, probe.now)
    expect(edgesOf(other)).toEqual(edgesOf(probe.deeds))
    expect(other.coils).toHaveLength(ticks.length)
    expect(counters(other).at(-1)).toMatchObject({ forward: ticks.length, lost: 0, encoder: ticks.length })
  })

  it('sees a CANCEL of the run', async () => {
    const { probe } = await probed(FLEX)
    const said = Buffer.from(probe.bytes.map(({ value }) => value)).toString('latin1')
    expect(said).toMatch(/\$[^\n]*CANCEL,/)
  })

  it('finds one commanded step that is a tick off', async () => {
    const { probe } = await probed(PLAIN)
    const other = edgesOf(simavr.replay(altered(probe.bytes), probe.now))
    const own = edgesOf(probe.deeds)
    expect(other).not.toEqual(own)
    expect(other.filter(([tick], at) => tick !== own[at]?.[0]).length).toBeGreaterThan(0)
  })

  /** Segments of machine code and tests: the same deeds, with a probe on the chip. */
  function driven(deeds: (rig: Rig) => void): Probe {
    const rig = new Rig()
    const probe = new Probe(rig.mcu)
    rig.open()
    deeds(rig)
    return probe
  }

  it('drops what a CANCEL takes back, and runs what is queued after it', () => {
    const probe = driven((rig) => {
      const now = rig.tick()
      rig.command(segment(now + 2000, 700, 40))
      rig.command({ type: 'CANCEL', from: now + 2000 + 700 * 11 })
      rig.command(segment(now + 2000 + 700 * 11 + 350, 450, 9, { direction: 'R', remainder: 2, divisor: 3, phase: 1 }))
      rig.run(2)
    })
    expect(probe.coils).toHaveLength(20)
    const other = simavr.replay(probe.bytes, probe.now)
    expect(edgesOf(other)).toEqual(edgesOf(probe.deeds))
    expect(counters(other).at(-1)).toMatchObject({ forward: 11, reverse: 9, encoder: 2, lost: 0, queued: 0 })
  })

  it('takes the coils off at HALT and keeps the motor latched until CLEAR', () => {
    const probe = driven((rig) => {
      rig.command(segment(rig.tick() + 2000, 1000, 500))
      rig.run(0.7)
      rig.halt()
      rig.await('HALTED')
      rig.command(segment(rig.tick() + 2000, 1000, 5))
      rig.run(0.5)
      rig.command({ type: 'CLEAR', halts: 1 })
      rig.command(segment(rig.tick() + 3000, 500, 7))
      rig.run(1)
    })
    const other = edgesOf(simavr.replay(probe.bytes, probe.now))
    const own = edgesOf(probe.deeds)
    const off = own.findIndex(([, coils]) => coils === 0)
    expect(off).toBeGreaterThan(3)
    expect(own).toHaveLength(off + 1 + 7)
    // The two bytes of HALT are longer there; the steps before and after are not.
    expect(other.toSpliced(off, 1)).toEqual(own.toSpliced(off, 1))
    expect(other[off]?.[1]).toBe(0)
    expect(Math.abs((other[off]?.[0] ?? Number.NaN) - (own[off]?.[0] ?? Number.NaN))).toBeLessThanOrEqual(1)
  })

  it('lets the motor stand when the host is silent', () => {
    const probe = driven((rig) => {
      rig.command(segment(rig.tick() + 2000, 3000, 100))
      rig.mcu.runTo(rig.mcu.now + 6 * SECOND_cycles)
    })
    const other = edgesOf(simavr.replay(probe.bytes, probe.now))
    expect(other).toEqual(edgesOf(probe.deeds))
    expect(other.at(-1)?.[1]).toBe(0)
  })
})
