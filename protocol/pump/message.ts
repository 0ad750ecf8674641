/** The messages of the pump's wire as types, derived from the catalogue. */
import type { PumpDirection } from '#protocol/pump/catalogue'
import type { PumpField, PumpFields, PumpValue } from '#protocol/pump/field'
import type { TO_BENCH } from '#protocol/pump/to-bench'
import type { TO_PUMP } from '#protocol/pump/to-pump'

type Values<F extends PumpFields> = {
  readonly [Name in keyof F]: F[Name] extends PumpField ? PumpValue<F[Name]> : never
}

type OfTable<Table extends Readonly<Record<string, { readonly fields: PumpFields }>>> = {
  [Name in keyof Table]: { readonly type: Name } & Values<Table[Name]['fields']>
}

/** Any message to the pump, and any to the bench. */
export type ToPump = OfTable<typeof TO_PUMP>[keyof typeof TO_PUMP]
export type ToBench = OfTable<typeof TO_BENCH>[keyof typeof TO_BENCH]

/** What travels in each direction. */
export interface PumpMessageIn {
  readonly 'to-pump': ToPump
  readonly 'to-bench': ToBench
}

/** A message and the sequence number of its frames. */
export interface Numbered<D extends PumpDirection> {
  readonly sequence: number
  readonly message: PumpMessageIn[D]
}
