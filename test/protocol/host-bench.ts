/** Benches for the tests of the host's end: with an open session, or with a host whose HELLO nobody answers. */
import { expect } from 'vitest'
import { PROTOCOL_VERSION } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import type { MessageOf } from '#protocol/message'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { Bench, type Fate } from './peer.ts'

export const LOST: Fate = { fate: 'lost' }
export const ARRIVES: Fate = { fate: 'arrives' }

/** A bench with an open session. The first four frames are the newline and HELLO, WELCOME and TEL. */
export function opened(...fates: readonly Fate[]): Bench {
  const bench = new Bench({ fates: [ARRIVES, ARRIVES, ARRIVES, ARRIVES, ...fates], times: { beat_us: null } })
  bench.open()
  bench.run(50_000)
  expect(bench.eventsOf('session')).toHaveLength(1)
  return bench
}

export function textsTo(bench: Bench, to: 'host' | 'rig'): string[] {
  return bench.sent.filter((sent) => sent.to === to).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
}

export const WELCOME: MessageOf<'WELCOME'> = {
  type: 'WELCOME',
  nonce: 1,
  version: PROTOCOL_VERSION,
  schema: SCHEMA_HASH,
  boot: '00000001',
  token: 77,
  window: 2,
  identity: 'other',
  build: '00000000',
  clock: 16_000_000,
  tick: 1000,
  halts: 0,
  state: 'IDLE',
}

/** A host that has said HELLO to a rig that is dead, so that the test can answer in its place. */
export function unanswered(): Bench {
  const bench = new Bench()
  bench.dead = true
  bench.open()
  return bench
}

export function say(bench: Bench, sequence: number, message: Parameters<typeof encodeFrame>[1]): void {
  bench.take(bench.host.receive(encodeFrame(sequence, message), bench.now_us))
}
