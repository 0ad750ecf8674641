/**
 * The host of a rig on a wire, whether the rig turns the motor or looks on: all that is decided, without a port and without a clock.
 *
 * Its owner tells it what came and when, in microseconds of a clock that never goes back, and does what it asks for.
 */
import type { RigReport } from '#hil/rig/rig'
import type { WireStatistics } from '#protocol/wire-tally'
import type { Cadence } from '#units/cadence'

export interface RigHost {
  readonly identity: string
  readonly statistics: WireStatistics
  /** Whether the run has its tick 0; why the run is over, undefined while it is not. */
  readonly ready: boolean
  readonly failure: string | undefined
  /** When to call `pass` at the latest; null if only bytes can change anything. */
  readonly wake_us: number | null
  /** Whether the rig has confirmed what `halt` asked for. */
  readonly halted: boolean
  runTick(now_us: number): number
  instant_us(run_tick: number): number
  connected(now_us: number): void
  disconnected(reason: string, now_us: number): void
  receive(bytes: Uint8Array, now_us: number): void
  pass(now_us: number): void
  halt(now_us: number): void
  drain(): { readonly send: readonly Uint8Array[]; readonly reconnect: boolean }
  /** What the pump orders of the motor, in ticks of the run. */
  segment(cadence: Cadence, now_us: number): void
  cancel(from_tick: number, now_us: number): void
  /** How far the run has come on its way to a tick: the fate of every step through the answer is known. */
  reach(to_tick: number, now_us: number): number
  hasLoss(reached_tick: number): boolean
  tell(reached_tick: number): RigReport
}
