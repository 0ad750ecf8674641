/**
 * Whether the two ends speak the same protocol, found by the host before anything moves.
 *
 * HELLO, and the WELCOME up to its schema hash, stay as they are in every version, so that even a rig with quite another
 * catalogue is refused by name and not merely misunderstood.
 */
import { LIMITS, PROTOCOL_VERSION } from '#protocol/catalogue'
import type { Flaw } from '#protocol/frame'
import type { Mismatch } from '#protocol/link'
import type { MessageOf } from '#protocol/message'
import { SCHEMA_HASH } from '#protocol/schema-hash'

/** The part of a WELCOME that every version has. */
export type Greeting = Pick<MessageOf<'WELCOME'>, 'nonce' | 'version' | 'schema'>

const FOREIGN = /^\$[0-9A-F]{2}00WELCOME,(\d{1,10}),(\d{1,5}),([0-9A-F]{8})[,*]/

/** What a WELCOME of another version says: a line whose length and sum are right but whose fields are not ours. */
export function foreignGreeting(flaw: Flaw, line: string): Greeting | undefined {
  const match = flaw === 'field' || flaw === 'field-count' ? FOREIGN.exec(line) : null
  if (match === null) return undefined
  const [, nonce, version, schema = ''] = match
  return { nonce: Number(nonce), version: Number(version), schema }
}

/** Why a rig that greets like this cannot be used; undefined if it can. */
export function mismatchOf({ version, schema }: Greeting, clock: number = LIMITS.clock_Hz): Mismatch | undefined {
  if (version !== PROTOCOL_VERSION) {
    return { what: 'version', needed: `${PROTOCOL_VERSION}`, found: `${version}` }
  }
  if (schema !== SCHEMA_HASH) return { what: 'schema', needed: SCHEMA_HASH, found: schema }
  return clock === LIMITS.clock_Hz
    ? undefined
    : { what: 'clock', needed: `${LIMITS.clock_Hz} Hz`, found: `${clock} Hz` }
}
