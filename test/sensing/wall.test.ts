/**
 * A pump that turns its own motor, looked at by a rig at the end of a port: the host has its timers, and two emulated controllers move on
 * with the clock on the wall, or later where the machine is busy. The host goes by the same clock as they do, so that no test depends on
 * how long anything took.
 */
import { expect, it } from 'vitest'
import { PumpBench } from '#hil/rig/avr/pump-bench'
import { rigFirmware } from '#hil/rig/avr/rig'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { MemoryCable } from '#hil/rig/memory/cable'
import { defineRig } from '#hil/rig/rig'
import type { PumpWiring } from '#hil/rig/sensing/sensed-steps'
import { ratio } from '#units/rational'
import { program } from '../avr/support/machine.ts'
import { checksNamed, finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const CYCLES_per_us = 16
const WIRING: PumpWiring = { lines: 'coils', encoder: true }
/** Most that the controllers move on at one go: far less than a host waits for an answer. */
const SLICE_us = 5000
const [SOUND, SKIPS_A_STEP] = [0, 1]

/** Runs ten seconds of a pump that steps each 1.92 s, with a mistake at its third step or without. */
async function looked(mistake: number) {
  const cable = new MemoryCable()
  const bench = new PumpBench({
    rig: rigFirmware(),
    pump: { flash: program('free-pump'), eeprom: Uint8Array.of(mistake, 3, 0) },
    lines: 'coils',
  })
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
  const definition = linkedRig({ transport: cable.host, sense: WIRING, now_us })
  // Whoever starts the pump does so with the run.
  const create = () => {
    const rig = definition.create()
    const open = rig.open.bind(rig)
    rig.open = async () => {
      await open()
      bench.start(bench.rig.now)
    }
    return rig
  }
  const text = draft({
    fill: '{ drug: baclofen, concentration: 1000 ug/mL, volume: 40 mL }',
    prescription: [therapy('0 s', '11250 ug/d')],
    duration: '10 s',
    checks: ['{ check: tracking, within: 1 step }'],
  })
  try {
    return await finish(text, undefined, defineRig({ ...definition, create }))
  } finally {
    clearInterval(timer)
    await port.close()
  }
}

it('a sound pump passes in real time, and one that leaves a step out fails', async () => {
  const [sound, skipping] = await Promise.all([looked(SOUND), looked(SKIPS_A_STEP)])
  for (const { result } of [sound, skipping])
    expect(result.checks.map(({ detail }) => detail).join()).not.toContain('the run ended')
  expect(checksNamed(sound.result, 'tracking')).toMatchObject([{ outcome: 'pass' }])
  expect(sound.result.delivered.steps).toBe(5)
  expect(sound.result.provenance.steps).toBe('measured: coil lines and encoder, each instant within 50000 us')
  expect(checksNamed(skipping.result, 'tracking')).toMatchObject([{ outcome: 'fail' }])
  expect(skipping.result.delivered.steps).toBe(4)
}, 60_000)

it('a pump that turns its own motor cannot be hurried', () => {
  const { host } = new MemoryCable()
  expect(() => linkedRig({ transport: host, sense: WIRING, speed: ratio(60n, 1n) })).toThrow('speed has to be 1')
})
