/**
 * A pump that turns its own motor, looked at by a rig at the end of a port: the host has its timers, and two emulated controllers move on
 * with the clock on the wall, or later where the machine is busy. The host goes by the same clock as they do, so that no test depends on
 * how long anything took.
 */
import { beforeAll, expect, it } from 'vitest'
import { wirePump } from '#hil/pump/wire/remote'
import { AWAKE_cycles, ChipLink } from '#hil/rig/avr/chip-link'
import { PumpBench } from '#hil/rig/avr/pump-bench'
import { rigFirmware } from '#hil/rig/avr/rig'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { MemoryCable } from '#hil/rig/memory/cable'
import { defineRig, type RigDefinition } from '#hil/rig/rig'
import type { PumpWiring } from '#hil/rig/sensing/sensed-steps'
import { ratio } from '#units/rational'
import { program } from '../avr/support/machine.ts'
import { HAS_AVR_GCC, imageOf } from '../c-pump/chip.ts'
import { checksNamed, finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const CYCLES_per_us = 16
const WIRING: PumpWiring = { lines: 'coils', encoder: true }
/** Most that the controllers move on at one go: far less than a host waits for an answer. */
const SLICE_us = 5000
const [SOUND, SKIPS_A_STEP] = [0, 1]

let flash = new Uint8Array()
beforeAll(() => {
  if (HAS_AVR_GCC) flash = Uint8Array.from(imageOf(['FREE_RUNNING']).flash)
}, 60_000)

/** Ten seconds of a therapy of a step each 1.92 s. */
const SCENARIO = draft({
  pump: '{ model: im-20 }',
  fill: '{ drug: baclofen, concentration: 1000 ug/mL, volume: 20 mL }',
  prescription: [therapy('0 s', '11250 ug/d')],
  duration: '10 s',
  checks: ['{ check: tracking, within: 1 step }', '{ check: tracking, within: 1.3 step }'],
})

/** Has the two controllers move on with the clock on the wall, and runs something with the rig at the end of a port. */
async function onWall<T>(bench: PumpBench, use: (rig: RigDefinition) => Promise<T>): Promise<T> {
  const cable = new MemoryCable()
  const port = await cable.rig.open()
  let looked_us = performance.now() * 1000
  const said: number[] = []
  bench.rig.onTransmitted = ({ value }) => said.push(value)
  port.received.subscribe((bytes) => bench.rig.send(bytes))
  const timer = setInterval(() => {
    const now_us = performance.now() * 1000
    const target = bench.rig.now + Math.floor(Math.min(now_us - looked_us, SLICE_us) * CYCLES_per_us)
    looked_us = now_us
    bench.runTo(target)
    if (said.length > 0) port.write(Uint8Array.from(said.splice(0)))
  }, 2)
  const now_us = () => bench.rig.now / CYCLES_per_us
  try {
    return await use(linkedRig({ transport: cable.host, sense: WIRING, now_us }))
  } finally {
    clearInterval(timer)
    await port.close()
  }
}

/** A pump that nobody can speak to, with a mistake at its third step or without. */
function looked(mistake: number) {
  const pump = { flash: program('free-pump'), eeprom: Uint8Array.of(mistake, 3, 0) }
  const bench = new PumpBench({ rig: rigFirmware(), pump, lines: 'coils' })
  // Whoever starts the pump does so with the run.
  const started = (definition: RigDefinition) =>
    defineRig({
      ...definition,
      create: () => {
        const rig = definition.create()
        const open = rig.open.bind(rig)
        rig.open = async () => {
          await open()
          bench.start(bench.rig.now)
        }
        return rig
      },
    })
  return onWall(bench, (rig) => finish(SCENARIO, undefined, started(rig)))
}

it.concurrent('a sound pump passes in real time, and one that leaves a step out fails', async () => {
  const [sound, skipping] = await Promise.all([looked(SOUND), looked(SKIPS_A_STEP)])
  for (const { result } of [sound, skipping])
    expect(result.checks.map(({ detail }) => detail).join()).not.toContain('the run ended')
  expect(checksNamed(sound.result, 'tracking')).toMatchObject([{ outcome: 'pass' }, { outcome: 'pass' }])
  expect(sound.result.delivered.steps).toBe(5)
  expect(sound.result.provenance.steps).toBe('measured: coil lines and encoder, each instant within 50000 us')
  expect(checksNamed(skipping.result, 'tracking')).toMatchObject([{ outcome: 'fail' }, { outcome: 'fail' }])
  expect(skipping.result.delivered.steps).toBe(4)
}, 60_000)

it.skipIf(!HAS_AVR_GCC).concurrent(
  'the pump in C is programmed over its own wire and measured in real time',
  async () => {
    const bench = new PumpBench({ rig: rigFirmware(), pump: { flash }, lines: 'coils' })
    bench.start(0)
    bench.runPumpTo(AWAKE_cycles)
    const connect = () => new ChipLink(bench.pump, (cycle) => bench.runPumpTo(cycle))
    const pump = wirePump({ name: 'c-pump', connect, nonce: () => 1, ask_us: 2_000_000 })
    const { result } = await onWall(bench, (rig) => finish(SCENARIO, pump, rig))
    expect(result.checks.map(({ detail }) => detail).join()).not.toContain('the run ended')
    // The first step comes as much later as programming takes.
    expect(checksNamed(result, 'tracking')).toMatchObject([{ outcome: 'fail' }, { outcome: 'pass' }])
    expect(result.delivered.steps).toBe(5)
    expect(result.believed.steps).toBe(5)
  },
  60_000,
)

it('a pump that turns its own motor cannot be hurried', () => {
  const { host } = new MemoryCable()
  expect(() => linkedRig({ transport: host, sense: WIRING, speed: ratio(60n, 1n) })).toThrow('speed has to be 1')
})
