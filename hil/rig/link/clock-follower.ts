/**
 * The clock of a rig as the host sees it: which tick it shows at which instant of the host's own clock, and how fast it runs.
 *
 * The resonator of an Arduino Uno may be off by 0.5 %, and it drifts with temperature. Each answered command bounds an
 * instant of the rig by when it was sent and when its answer came; a line is fitted through the last half minute of such
 * sights, each by how narrow its bounds are. Times are microseconds of the host, which count as true.
 */
import { TICK_us } from '#protocol/ticks'

/** A straight relation of the two clocks. */
export interface ClockLine {
  readonly at_us: number
  readonly tick: number
  readonly ticks_per_us: number
}

/** An instant of the rig, known within half a width to either side. */
interface Sight {
  readonly at_us: number
  readonly tick: number
  readonly half_us: number
}

/** One sight, the narrowest, is kept of each quarter of a second, and those of half a minute. */
const BUCKET_us = 250_000
const WINDOW_us = 30_000_000
/** A sight whose half width is more than this beyond that of the narrowest waited somewhere on one of its two ways. */
const WAITED_us = 500
/** Below this baseline a rate cannot be told from the uncertainty of the sights. */
const BASELINE_us = 400_000
/** Added to each half width: what an operating system adds unseen. */
const UNSEEN_us = 500
const NOMINAL = 1 / TICK_us

export class ClockFollower {
  readonly #follows: boolean
  #sights: Sight[] = []
  #line: ClockLine | undefined

  /** One that does not follow takes the first sight and the nominal rate for ever: to see what following is worth. */
  constructor(follows: boolean) {
    this.#follows = follows
  }

  /** Undefined before the first sight. */
  get line(): ClockLine | undefined {
    return this.#line
  }

  /** Between the first and the last sight that the line goes through. */
  get baseline_us(): number {
    return (this.#sights.at(-1)?.at_us ?? 0) - (this.#sights[0]?.at_us ?? 0)
  }

  /** How far the rate is from the nominal one, as a fraction. */
  get deviation(): number {
    return this.#line === undefined ? 0 : this.#line.ticks_per_us / NOMINAL - 1
  }

  /**
   * A command sent at `sent_us` was executed at the tick and its answer heard at `heard_us`. By how many microseconds that
   * is beyond what the line and the bounds of the sight allow; 0 while they agree.
   */
  see(sent_us: number, heard_us: number, tick: number): number {
    const sight = { at_us: (sent_us + heard_us) / 2, tick: tick + 0.5, half_us: (heard_us - sent_us) / 2 }
    const beyond_us = this.#line === undefined ? 0 : beyond(this.#line, sight)
    this.#keep(sight)
    if (this.#line === undefined || this.#follows) this.#line = fitted(this.#sights)
    return beyond_us
  }

  #keep(sight: Sight): void {
    const last = this.#sights.at(-1)
    const isNew = last === undefined || Math.floor(sight.at_us / BUCKET_us) > Math.floor(last.at_us / BUCKET_us)
    if (isNew) this.#sights.push(sight)
    else if (sight.half_us < last.half_us) this.#sights[this.#sights.length - 1] = sight
    this.#sights = this.#sights.filter(({ at_us }) => at_us >= sight.at_us - WINDOW_us)
  }
}

/** Where the clock of the rig stands at an instant of the host, in ticks and parts of them. */
export function tickAt(line: ClockLine, at_us: number): number {
  return line.tick + (at_us - line.at_us) * line.ticks_per_us
}

/** When the clock of the rig shows a tick, on the host's clock. */
export function instantOf(line: ClockLine, tick: number): number {
  return line.at_us + (tick - line.tick) / line.ticks_per_us
}

function beyond(line: ClockLine, { at_us, tick, half_us }: Sight): number {
  return Math.max(0, Math.abs(instantOf(line, tick) - at_us) - half_us)
}

/** The weighted line of least squares; at the nominal rate while the baseline is short. */
function fitted(seen: readonly Sight[]): ClockLine {
  const narrowest_us = Math.min(...seen.map(({ half_us }) => half_us))
  const sights = seen.filter(({ half_us }) => half_us <= narrowest_us + WAITED_us)
  const weigh = ({ half_us }: Sight) => 1 / (half_us + UNSEEN_us) ** 2
  const sum = (value: (sight: Sight) => number) =>
    sights.reduce((total, sight) => total + weigh(sight) * value(sight), 0)
  const weight = sum(() => 1)
  // Centered, because instants are large beside their differences.
  const [first] = sights
  const [at0_us, tick0] = [first?.at_us ?? 0, first?.tick ?? 0]
  const at_us = at0_us + sum((sight) => sight.at_us - at0_us) / weight
  const tick = tick0 + sum((sight) => sight.tick - tick0) / weight
  const baseline_us = (sights.at(-1)?.at_us ?? at0_us) - at0_us
  if (baseline_us < BASELINE_us) return { at_us, tick, ticks_per_us: NOMINAL }
  const spread = sum((sight) => (sight.at_us - at_us) ** 2)
  const common = sum((sight) => (sight.at_us - at_us) * (sight.tick - tick))
  return { at_us, tick, ticks_per_us: common / spread }
}
