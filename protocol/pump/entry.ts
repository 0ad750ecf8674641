/** A row of the catalogue of the pump's wire, and fields that many rows have. */
import { integer } from '#protocol/field'
import { exact, instant, type PumpFields, text } from '#protocol/pump/field'
import { choice } from '#protocol/pump/words'

/**
 * `session`: outside of the sequence, always 00. `command`: executed once, under the next number. `output`: part of the reply
 * to the command whose number it carries. `end`: the last frame of that reply.
 */
export type PumpMessageKind = 'session' | 'command' | 'output' | 'end'

export interface PumpEntry {
  readonly kind: PumpMessageKind
  readonly doc: string
  readonly fields: PumpFields
}

/** Rows of one kind. */
export type AllOf<Kind extends PumpMessageKind, Rows> = {
  readonly [Name in keyof Rows]: Rows[Name] & { readonly kind: Kind }
}

/** The same rows, all of the kind. */
export function allOf<Kind extends PumpMessageKind, Rows extends Readonly<Record<string, Omit<PumpEntry, 'kind'>>>>(
  kind: Kind,
  rows: Rows,
): AllOf<Kind, Rows> {
  const entries = Object.entries(rows).map(([name, row]) => [name, { kind, ...row }])
  return Object.fromEntries(entries) as AllOf<Kind, Rows>
}

export const at = () => instant('when')
export const marked = (doc: string) => integer(0, 1, doc)
export const drug = () => text(100, 'name of the drug')
export const concentration = () => exact('not-negative', 'pg/uL', 'concentration; 500 ug/mL are 500000')
export const by = () => choice('by', 'whether the amount is drug or fluid')
