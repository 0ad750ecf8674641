/**
 * Steps of a pump that turns its own motor, worked out from the edges that a rig in the input mode has told of.
 *
 * The coil lines, or STEP and DIR, say what the pump drove and when; the encoder says whether the rotor followed. As on a rig that is
 * commanded a step counts at the instant of its edge, and is lost if the encoder has not shown it 10 ms later. What the encoder
 * shows without an edge is a turn all the same, at the instant at which it was seen: the ledger has what the rotor did.
 */
import type { EdgeEntry, LineLevels } from '#protocol/edges'

/** What is wired to the rig, and how it is to be read. */
export interface PumpWiring {
  /** The four coil lines, or STEP and DIR. */
  readonly lines: 'coils' | 'step'
  /**
   * Half steps of the field, or pulses of STEP, in one step of the motor: 2 and 1 unless given. A driver that makes microsteps
   * takes more pulses.
   */
  readonly edges_in_step?: number
  /** Whether the encoder is on the rotor; if not, every edge counts as a step that was made. */
  readonly encoder: boolean
  /** The level of the alarm line that is an alarm; `low` unless given. */
  readonly alarm?: 'low' | 'high'
}

/** Where steps come from that were seen by this wiring, each instant as sure as that. */
export function seenBy({ lines, encoder }: PumpWiring, instant_us: number): string {
  const seen = lines === 'coils' ? 'coil lines' : 'STEP and DIR'
  return `measured: ${seen}${encoder ? ' and encoder' : ''}, each instant within ${instant_us} us`
}

/** Turns of the rotor at a tick of the rig: forward above 0. */
export interface Turn {
  readonly tick: number
  readonly steps: number
}

/** What the lines of a pump can show that is no step, told as an event of the run. */
export type SensedEventName =
  | 'step-lost'
  | 'step-unasked'
  | 'line-illegal'
  | 'line-glitch'
  | 'encoder-skipped'
  | 'alarm-line-on'
  | 'alarm-line-off'

export interface SensedEvent {
  readonly tick: number
  readonly event: SensedEventName
  readonly detail: string
}

/** Edges counted as the rig counts them, to hold its counters against. */
export interface EdgeCounts {
  readonly forward: number
  readonly reverse: number
  readonly illegal: number
  readonly skipped: number
  readonly encoder: number
}

/** A step is judged by its encoder this many ticks after it: 10 ms, as on a rig that makes the step itself. */
export const SETTLING_ticks = 156

/** Direction of the field in half steps by A+, A-, B+, B- from bit 0 on; null for no field, undefined for what drives no motor. */
const FIELDS: readonly (number | null | undefined)[] = [
  ...[null, 7, 3, undefined, 1, 0, 2, undefined],
  ...[5, 6, 4, undefined, undefined, undefined, undefined, undefined],
]
const HALF_STEPS = 8
/** Events of one name that are told; a line that floats says no more after that. */
const MOST_EVENTS = 500

export class SensedSteps {
  readonly #wiring: PumpWiring
  readonly #edges_in_step: number
  #levels: LineLevels
  /** Where the field is; undefined until the coil lines make one. */
  #field: number | undefined
  /** Edges forward less those back since the start. */
  #position = 0
  #trials: Turn[] = []
  #turns: Turn[] = []
  #events: SensedEvent[] = []
  readonly #told = new Map<SensedEventName, number>()
  #counts = { forward: 0, reverse: 0, illegal: 0, skipped: 0, encoder: 0 }

  /** The lines are at these levels when the input mode begins. */
  constructor(wiring: PumpWiring, levels: LineLevels) {
    this.#wiring = wiring
    this.#edges_in_step = wiring.edges_in_step ?? (wiring.lines === 'coils' ? 2 : 1)
    this.#levels = levels
    this.#field = FIELDS[levels.coils] ?? undefined
  }

  get counts(): EdgeCounts {
    return this.#counts
  }

  /** Takes the next entry. */
  take({ event, tick }: EdgeEntry): void {
    this.#settle(tick)
    switch (event.kind) {
      case 'lines':
        this.#lines(event, tick)
        break
      case 'pulse':
        this.#turn(event.turned, tick)
        break
      case 'encoder':
        this.#followed(event.turned, tick)
        break
    }
  }

  /** Something that the rig counts and states no tick of, noticed at a tick. */
  note(event: SensedEventName, tick: number, detail: string): void {
    const told = (this.#told.get(event) ?? 0) + 1
    this.#told.set(event, told)
    if (told > MOST_EVENTS) return
    const last = told === MOST_EVENTS ? '; more of these are not told' : ''
    this.#events.push({ tick, event, detail: `${detail}${last}` })
  }

  /**
   * What happened through a tick, in order, each told once. Every entry up to {@link SETTLING_ticks} after that tick must have
   * been taken.
   */
  tell(through_tick: number): { readonly turns: readonly Turn[]; readonly events: readonly SensedEvent[] } {
    this.#settle(through_tick + SETTLING_ticks + 1)
    const turns = this.#turns.filter(({ tick }) => tick <= through_tick)
    const events = this.#events.filter(({ tick }) => tick <= through_tick)
    this.#turns = this.#turns.filter(({ tick }) => tick > through_tick)
    this.#events = this.#events.filter(({ tick }) => tick > through_tick)
    const inOrder = (a: { readonly tick: number }, b: { readonly tick: number }) => a.tick - b.tick
    return { turns: turns.sort(inOrder), events: events.sort(inOrder) }
  }

  #lines(levels: LineLevels, tick: number): void {
    const before = this.#levels
    this.#levels = levels
    if (levels.alarm !== before.alarm) this.#alarm(levels.alarm, tick)
    if (this.#wiring.lines === 'coils' && levels.coils !== before.coils) this.#fieldTo(levels.coils, tick)
  }

  #alarm(high: boolean, tick: number): void {
    const on = high === (this.#wiring.alarm === 'high')
    this.note(on ? 'alarm-line-on' : 'alarm-line-off', tick, `the alarm line went ${high ? 'high' : 'low'}`)
  }

  #fieldTo(coils: number, tick: number): void {
    const field = FIELDS[coils]
    if (field === null) return
    if (field === undefined) {
      this.#illegal(tick, `the coil lines were ${patternText(coils)}, which drives no motor`)
      return
    }
    const before = this.#field
    this.#field = field
    if (before === undefined || before === field) return
    const ahead = (field - before + HALF_STEPS) % HALF_STEPS
    if (ahead <= 2) this.#turn(ahead, tick)
    else if (ahead >= HALF_STEPS - 2) this.#turn(ahead - HALF_STEPS, tick)
    else
      this.#illegal(
        tick,
        `the field jumped to ${patternText(coils)}, ${Math.min(ahead, HALF_STEPS - ahead)} half steps at once`,
      )
  }

  #illegal(tick: number, detail: string): void {
    this.#counts.illegal += 1
    this.note('line-illegal', tick, detail)
  }

  /** The pump drove its motor by so many edges. */
  #turn(edges: number, tick: number): void {
    if (edges > 0) this.#counts.forward += edges
    else this.#counts.reverse -= edges
    const before = Math.floor(this.#position / this.#edges_in_step)
    this.#position += edges
    const steps = Math.floor(this.#position / this.#edges_in_step) - before
    if (steps === 0) return
    const one = Math.sign(steps)
    for (let made = 0; made < Math.abs(steps); made += 1) {
      if (this.#wiring.encoder) this.#trials.push({ tick, steps: one })
      else this.#turns.push({ tick, steps: one })
    }
  }

  /** The encoder has moved: by the oldest step that waits for it and goes that way, or by itself. */
  #followed(turned: 1 | -1 | 'unknown', tick: number): void {
    if (turned === 'unknown') {
      this.#counts.skipped += 1
      this.note('encoder-skipped', tick, 'both lines of the encoder changed at once: which way it went is not known')
      return
    }
    this.#counts.encoder += turned
    if (!this.#wiring.encoder) return
    const trial = this.#trials.find(({ steps }) => steps === turned)
    if (trial === undefined) {
      this.#turns.push({ tick, steps: turned })
      this.note('step-unasked', tick, `the encoder went ${turned > 0 ? 'forward' : 'back'} without a step of the pump`)
      return
    }
    this.#trials = this.#trials.filter((one) => one !== trial)
    this.#turns.push(trial)
  }

  /** Steps that the encoder has not followed in time are lost. */
  #settle(now_tick: number): void {
    while (this.#trials[0] !== undefined && this.#trials[0].tick + SETTLING_ticks < now_tick) {
      const [lost] = this.#trials.splice(0, 1)
      if (lost === undefined) return
      const way = lost.steps > 0 ? 'forward' : 'back'
      this.note('step-lost', lost.tick, `a step ${way} of the pump that the encoder did not follow`)
    }
  }
}

function patternText(coils: number): string {
  return ['A+', 'A-', 'B+', 'B-'].filter((_, line) => ((coils >> line) & 1) === 1).join(' ')
}
