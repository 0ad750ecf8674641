/** How late the ticks of the input mode are at most, with the line busy both ways, and how fast a pump may go. */
import { expect, it } from 'vitest'
import type { Activity } from '#hil/rig/avr/core'
import { VECTOR } from '#hil/rig/avr/registers'
import { LIMITS } from '#protocol/catalogue'
import { CYCLES_a_us, PumpPins } from './pump-pins.ts'

const us = (time: number) => Math.round(time * CYCLES_a_us)
/** From the entry of the interrupt to the reading of the timer: the registers that it saves. */
const PROLOGUE_cycles = 80

/** A pump that steps and is followed by its encoder, while the host asks for all there is as fast as it can. */
function busy(interval_us: number, steps: number) {
  const pump = new PumpPins()
  pump.begin('COILS')
  const { mcu } = pump.rig
  const edges: { readonly vector: number; readonly cycle: number }[] = []
  const late = new Map<number, number>([
    [VECTOR.PCINT1, 0],
    [VECTOR.PCINT2, 0],
  ])
  mcu.onActivity = (activity: Activity, cycle: number) => {
    if (activity !== VECTOR.PCINT1 && activity !== VECTOR.PCINT2) return
    const at = edges.findIndex(({ vector, cycle: edge }) => vector === activity && edge <= cycle)
    const [edge] = at < 0 ? [] : edges.splice(at, 1)
    if (edge !== undefined) late.set(activity, Math.max(late.get(activity) ?? 0, cycle - edge.cycle))
  }
  const ticks: number[] = []
  const start = pump.now + us(5000)
  for (let k = 0; k < steps; k += 1) {
    // At ever other places of a tick and of a byte on the line.
    const at = start + Math.round(k * us(interval_us) + ((k * 7919) % 1361))
    pump.turn(2, at)
    edges.push({ vector: VECTOR.PCINT1, cycle: at })
    pump.encoder(1, at + us(400) + ((k * 31) % 97))
    edges.push({ vector: VECTOR.PCINT2, cycle: at + us(400) + ((k * 31) % 97) })
    ticks.push(pump.clock.tickAt(at))
  }
  const taken: number[] = []
  while (pump.now < start + steps * us(interval_us) + us(5000)) {
    pump.rig.beat()
    for (const { event, tick } of pump.take()) if (event.kind === 'lines') taken.push(tick)
  }
  return { late, ticks, taken, counters: pump.counters() }
}

it('with a step each 5 ms and the line busy, every tick is right or one late', () => {
  const { late, ticks, taken, counters } = busy(5000, 800)
  expect(counters).toMatchObject({ forward: 1600, encoder: 800, dropped: 0, glitches: 0, skipped: 0 })
  expect(taken.length).toBe(800)
  const lates = taken.map((tick, k) => tick - (ticks[k] ?? 0))
  expect(new Set(lates)).toEqual(new Set([0, 1]))
  const [coils = 0, encoder = 0] = [late.get(VECTOR.PCINT1), late.get(VECTOR.PCINT2)]
  expect(Math.max(coils, encoder) + PROLOGUE_cycles).toBeLessThan(LIMITS.tick_cycles)
})

it('with a step each 1.2 ms, of which the encoder shows each, no entry is dropped', () => {
  const { ticks, taken, counters } = busy(1200, 600)
  expect(counters).toMatchObject({ forward: 1200, encoder: 600, dropped: 0, glitches: 0, skipped: 0 })
  expect(new Set(taken.map((tick, k) => tick - (ticks[k] ?? 0)))).toEqual(new Set([0, 1]))
})

it('with a step each 1.1 ms the line cannot carry them all: those dropped are told, and every step is counted', () => {
  const { counters } = busy(1100, 600)
  expect(counters).toMatchObject({ forward: 1200, encoder: 600, glitches: 0, skipped: 0 })
  expect(counters.dropped).toBeGreaterThan(0)
  expect(counters.recorded + counters.dropped).toBe(1200)
})
