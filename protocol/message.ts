/**
 * The messages as types, derived from the catalogue: what a decoded frame holds and what an encoder accepts.
 */
import type { TO_HOST, TO_RIG } from '#protocol/catalogue'
import type { Field, Fields, ValueOf } from '#protocol/field'

type Entries = typeof TO_RIG & typeof TO_HOST

type Values<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field ? ValueOf<F[Name]> : never }

/** One message of the given name, with its fields beside its `type`. */
export type MessageOf<Name extends keyof Entries> = { readonly type: Name } & Values<Entries[Name]['fields']>

/** Any message to the rig. */
export type ToRig = { [Name in keyof typeof TO_RIG]: MessageOf<Name> }[keyof typeof TO_RIG]
/** Any message to the host. */
export type ToHost = { [Name in keyof typeof TO_HOST]: MessageOf<Name> }[keyof typeof TO_HOST]

/** What travels in each direction. */
export interface MessageIn {
  readonly 'to-rig': ToRig
  readonly 'to-host': ToHost
}

type CommandName = {
  [Name in keyof typeof TO_RIG]: (typeof TO_RIG)[Name]['kind'] extends 'command' ? Name : never
}[keyof typeof TO_RIG]

/** A message that the rig executes once and answers. */
export type Command = { [Name in CommandName]: MessageOf<Name> }[CommandName]
/** Why the rig refused a command. */
export type Reason = MessageOf<'NAK'>['reason']
/** What the rig is doing. */
export type RigState = MessageOf<'TEL'>['state']

/** One frame: a message and its sequence number, 0 to 255. */
export interface Frame<M extends ToRig | ToHost = ToRig | ToHost> {
  readonly sequence: number
  readonly message: M
}
