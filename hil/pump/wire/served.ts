/** What stands behind the pump's end of a wire: the pump of one session. */
import type { ToBench, ToPump } from '#protocol/pump/message'
import type { Time_us } from '#units/quantity'

type Reason = Extract<ToBench, { readonly type: 'NAK' }>['reason']

/** As much of a detail as NAK holds, in characters that may take three bytes each. */
const LONGEST_DETAIL = 66

export interface Served {
  /** The outputs of the reply to a command. Throws {@link Unfit} for one that is not executed. */
  execute(command: ToPump): readonly ToBench[]
  /** The instant reached with the last command, and when something happens by itself next. */
  readonly now_us: Time_us
  readonly wake_us: Time_us | null
}

/** A command that is not executed. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
  readonly reason: Reason

  constructor(detail: string, { reason, ...options }: ErrorOptions & { readonly reason: Reason }) {
    super(detail.slice(0, LONGEST_DETAIL), options)
    this.reason = reason
  }
}
