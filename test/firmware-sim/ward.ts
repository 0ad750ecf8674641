/**
 * A pump with what is expected of it. A loss of power at a word write and a damaged memory leave outcomes open, so one
 * reference is followed for each that is still possible; none left means that the pump did what it must not do.
 */
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Program, PumpInput, PumpOutput } from '#firmware-sim/messages'
import { react } from '#firmware-sim/pump'
import { as, type Time_us } from '#units/quantity'
import { add, compare, equal, type Rational } from '#units/rational'
import { fromReference, reference } from '../units/arbitraries.ts'
import { Bedside, digestIn, reasonIn, wasApplied } from './bedside.ts'
import { type Deed, WARD_PUMP } from './deeds.ts'
import { Ledger } from './ledger.ts'
import { ReferencePump, type Waiting } from './reference-pump.ts'

const MOST_OUTCOMES = 64
/** Due times compared after each deed, of the steps that came with it. */
const COMPARED = 12

export type React = typeof react

/** What is heard without a look at the memory. */
const UNCHECKED: ReadonlySet<PumpInput['kind']> = new Set([
  'wake',
  'observe',
  'carrier',
  'power-fails',
  'power-returns',
  'bit-flip',
])

export class Ward {
  readonly pump: Bedside
  readonly ledger = new Ledger()
  outcomes: readonly ReferencePump[]
  #compared = 0
  #prepared: Program | null = null
  #preparedAt_us: Rational = { n: 0n, d: 1n }
  #digest = '00000000'
  #committed: string | null = null
  /** A commit whose answer was lost. */
  #unanswered: string | null = null
  #torn = false

  constructor(reacts: React = react) {
    this.pump = new Bedside(WARD_PUMP, reacts)
    this.outcomes = [new ReferencePump(this.pump.setup)]
  }

  do(deed: Deed): void {
    const at_us = as<Time_us>(add(this.pump.state.now_us, deed.wait_us))
    this.#passTo(at_us)
    if (!this.ledger.isOn && deed.what !== 'flip') this.#regainPower(at_us)
    this.#give(deed, at_us)
    this.#settle(at_us)
    this.#compare()
  }

  /** Wakes the pump whenever it asks for it before an instant. */
  #passTo(to_us: Time_us): void {
    for (let wake = this.pump.nextWake(); wake !== null && compare(wake, to_us) < 0; wake = this.pump.nextWake()) {
      this.#wake(wake)
    }
  }

  #settle(at_us: Time_us): void {
    for (let calls = 0; ; calls += 1) {
      const wake = this.pump.nextWake()
      if (wake === null || !equal(wake, at_us)) break
      if (calls > 20) throw new Error('the pump makes no progress')
      this.#wake(at_us)
    }
    for (const outcome of this.outcomes) outcome.advance(reference(at_us))
  }

  #wake(at_us: Time_us): void {
    this.#try(at_us, { kind: 'wake' }, 'none')
    if (this.outcomes.length > 1 && this.ledger.isOn) this.#compare()
  }

  /** Where both copies are flipped, a check or the next operation finds them bad, unless the flips undid each other. */
  #forget(at_us: Time_us, waiting: Waiting, isOperation: boolean): void {
    const at = reference(at_us)
    this.#split((outcome) => {
      const { check_us, mode } = outcome.facts
      if (mode === 'off' || check_us === null || !(isOperation || check_us.lte(at))) return [outcome]
      const [healed, lost] = [outcome, outcome.copy()]
      healed.sound()
      if (!lost.mayHaveForgotten) return [healed]
      if (check_us.gt(at)) lost.advance(at, waiting)
      else lost.advance(check_us)
      lost.sound()
      lost.loseMemory()
      return [healed, lost]
    })
  }

  #split(ways: (outcome: ReferencePump) => readonly ReferencePump[]): void {
    this.outcomes = this.outcomes.flatMap(ways)
    if (this.outcomes.length > MOST_OUTCOMES) throw new Error('too many outcomes are open')
  }

  /**
   * Gives the pump an input, and the references what it means. Gives null where the power failed at a word of it: then
   * the references have it done, or not.
   */
  #try(
    at_us: Time_us,
    input: PumpInput,
    waiting: Waiting,
    effect: (outcome: ReferencePump) => void = () => undefined,
  ): readonly PumpOutput[] | null {
    const at = reference(at_us)
    const isDamaged = this.outcomes.some((outcome) => outcome.mayHaveForgotten)
    const wake_us = this.pump.nextWake()
    const wakes = wake_us !== null && compare(wake_us, at_us) <= 0
    this.#forget(at_us, waiting, wakes || !UNCHECKED.has(input.kind))
    const wasOff = !this.ledger.isOn
    const outputs = this.pump.hear(at_us, input)
    this.ledger.hear(outputs)
    if (wasOff || this.ledger.isOn || input.kind === 'power-fails') {
      for (const outcome of this.outcomes) {
        outcome.advance(at, waiting)
        effect(outcome)
      }
      return outputs
    }
    this.#torn = true
    this.#split((outcome) => {
      const [untouched, before] = [outcome.copy(), outcome.copy()]
      untouched.flow(at)
      before.advance(at, waiting)
      const after = before.copy()
      effect(after)
      for (const one of [untouched, before, after]) {
        one.losePower()
        // What was bad before a writing that broke off may be bad still.
        if (isDamaged) one.flip('both')
      }
      return [untouched, before, after]
    })
    return null
  }

  #keep(isSo: (outcome: ReferencePump) => boolean, what: string): void {
    const left = this.outcomes.filter(isSo)
    if (left.length === 0) throw new Error(`no outcome is left in which ${what}`)
    this.outcomes = left
  }

  #regainPower(at_us: Time_us): void {
    const outputs = this.pump.hear(at_us, { kind: 'power-returns' })
    this.ledger.hear(outputs)
    this.#split((outcome) => {
      outcome.advance(reference(at_us))
      const ways = outcome.mayHaveForgotten ? [true, false] : [true]
      return ways.map((remembers) => {
        const way = outcome.copy()
        way.regainPower(remembers)
        return way
      })
    })
    this.#torn = false
    this.#prepared = null
    this.#settle(at_us)
    this.#compare()
    if (this.#unanswered !== null) {
      const digest = this.#unanswered
      this.#unanswered = null
      const answers = this.pump.hear(at_us, { kind: 'commit', digest })
      this.ledger.hear(answers)
      if (wasApplied(answers)) this.#remember(digest)
    }
    this.#compare()
  }

  #give(deed: Deed, at_us: Time_us): void {
    if (!this.ledger.isOn && deed.what !== 'flip') return
    switch (deed.what) {
      case 'program':
        this.#prepare(deed.program, at_us)
        if (this.#prepared !== null && this.ledger.isOn) this.#commit(at_us)
        break
      case 'prepare':
        this.#prepare(deed.program, at_us)
        break
      case 'shift': {
        const to_us = as<Time_us>(add(fromReference(this.#first.clock_us), deed.by_us))
        this.#prepare({ kind: 'set-clock', to_us }, at_us)
        if (this.#prepared !== null && this.ledger.isOn) this.#commit(at_us)
        break
      }
      case 'commit again':
        this.#commit(at_us)
        break
      case 'stop':
        this.#prepared = null
        this.#try(at_us, { kind: 'stop' }, 'patterns', (outcome) => outcome.stop())
        break
      case 'request':
        this.#request(at_us)
        break
      case 'silence':
        this.#try(at_us, { kind: 'silence' }, 'patterns', (outcome) => outcome.silence())
        break
      case 'miss':
      case 'move':
        this.#turn(deed.what === 'move', at_us)
        break
      case 'carrier':
        this.#try(at_us, { kind: 'carrier', present: deed.present }, 'patterns')
        break
      case 'fail':
        this.#try(at_us, { kind: 'power-fails', atWrite: deed.atWrite }, 'patterns', (outcome) => {
          if (deed.atWrite === null) outcome.losePower()
        })
        if (deed.atWrite === null) this.#prepared = null
        break
      case 'flip':
        // A copy whose writing broke off is bad already.
        this.#try(at_us, { kind: 'bit-flip', copy: deed.copy, bit: deed.bit }, 'patterns', (outcome) =>
          outcome.flip(this.#torn ? 'both' : deed.copy),
        )
        break
      case 'observe':
      case 'interrogate':
      case 'read-log':
      case 'clear':
        this.#try(at_us, { kind: deed.what }, 'patterns')
        break
      case 'wake':
        this.#wake(at_us)
        break
    }
  }

  get #first(): ReferencePump {
    const [first] = this.outcomes
    if (first === undefined) throw new Error('no outcome is left')
    return first
  }

  #prepare(program: Program, at_us: Time_us): void {
    const waiting = program.kind === 'refill' ? 'patterns and the empty reservoir' : 'patterns'
    this.#prepared = null
    const answers = this.#try(at_us, { kind: 'prepare', program }, waiting)
    if (answers === null) return
    const isTaken = reasonIn(answers) === null
    this.#keep((outcome) => outcome.accepts(program) === isTaken, `${isTaken ? 'a' : 'no'} ${program.kind} is taken`)
    for (const outcome of this.outcomes) outcome.facts.hasPrepared = isTaken
    if (!isTaken) return
    const back = answers.find((output) => output.kind === 'readback')
    const stored = back?.stored ?? program
    if (program.kind === 'restart') {
      this.#keep(
        ({ facts }) => stored.kind === 'therapy' && isDeepStrictEqual(facts.lastGiving, stored.therapy),
        'this is resumed',
      )
    } else expect(stored).toEqual(program)
    this.#prepared = stored
    this.#preparedAt_us = at_us
    this.#digest = String(digestIn(answers))
  }

  #commit(at_us: Time_us): void {
    const [program, digest] = [this.#prepared, this.#digest]
    this.#prepared = null
    const late = compare(at_us, add(this.#preparedAt_us, this.pump.model.prepareTimeout_us)) > 0
    const waiting = program?.kind === 'refill' ? 'patterns and the empty reservoir' : 'patterns'
    const applied = new Set<ReferencePump>()
    const answers = this.#try(at_us, { kind: 'commit', digest }, waiting, (outcome) => {
      const isDue = program !== null && !late && outcome.facts.hasPrepared && outcome.accepts(program)
      outcome.facts.hasPrepared = false
      if (!isDue) return
      outcome.apply(program)
      applied.add(outcome)
    })
    if (answers === null) {
      this.#unanswered = program === null ? null : digest
      return
    }
    const isTaken = wasApplied(answers)
    expect(isTaken).toBe(reasonIn(answers) === null)
    if (program === null) {
      const isLast = this.#committed === digest
      this.#keep(({ facts }) => (isLast && facts.knowsLast) === isTaken, `a commit is ${isTaken ? '' : 'not '}known`)
    } else this.#keep((outcome) => applied.has(outcome) === isTaken, `a commit is ${isTaken ? '' : 'not '}applied`)
    if (isTaken) this.#remember(digest)
  }

  #remember(digest: string): void {
    this.#committed = digest
    for (const { facts } of this.outcomes) facts.knowsLast = true
  }

  #request(at_us: Time_us): void {
    const granted = new Set<ReferencePump>()
    const answers = this.#try(at_us, { kind: 'request-bolus' }, 'patterns', (outcome) => {
      if (outcome.request()) granted.add(outcome)
    })
    if (answers === null) return
    const isGranted = answers.some((output) => output.kind === 'event' && output.event === 'patient-bolus-granted')
    this.#keep(
      (outcome) => granted.has(outcome) === isGranted,
      `the patient is ${isGranted ? '' : 'not '}granted a bolus`,
    )
  }

  #turn(moved: boolean, at_us: Time_us): void {
    const step = this.#first.lastStep
    // While it is open which step that is, nobody can say what it did.
    if (step === null || this.outcomes.some((outcome) => outcome.lastStep !== step)) {
      this.#try(at_us, { kind: 'observe' }, 'patterns')
      return
    }
    const due_us = as<Time_us>(fromReference(this.#first.due_us(step)))
    const answers = this.#try(at_us, { kind: 'rotor', due_us, moved }, 'patterns', (outcome) => {
      if (moved) outcome.move()
      else outcome.miss(step)
    })
    // The counters are written with every step, so the one that moved nothing is not believed even so.
    if (answers === null && !moved) {
      this.#split((outcome) => {
        if (!outcome.facts.lost.includes(step)) outcome.miss(step, false)
        return [outcome]
      })
    }
  }

  /** What pump and references have to agree on at every event. */
  #compare(): void {
    const { pump, ledger } = this
    if (!ledger.isOn) {
      expect(pump.stepCount).toBe(this.#first.facts.steps)
      return
    }
    const { outputs } = react(pump.model, pump.state, pump.state.now_us, { kind: 'observe' })
    const answer = outputs.find((output) => output.kind === 'status')
    if (answer === undefined) throw new Error('the pump did not answer')
    const { state, steps, volume_uL, reservoir_uL, dose_ug, clock_us, open } = answer.status
    const heard = ledger.with(open)
    const alarms = [...ledger.alarms].sort()
    const seen = { state, steps, volume_uL, reservoir_uL, dose_ug, clock_us, alarms, tone: ledger.tone }
    const left = this.outcomes.filter(
      (outcome) => JSON.stringify(seen, plain) === JSON.stringify(this.#look(outcome), plain),
    )
    if (left.length === 0) expect(seen).toEqual(this.#look(this.#first))
    this.outcomes = distinct(left)
    // What was said adds up to what is accounted for.
    expect([heard.steps, heard.masses]).toEqual([steps, dose_ug])
    expect(alarms).toEqual([...pump.state.alarms].sort())
    this.#keepMotion()
  }

  #look(outcome: ReferencePump) {
    const { mode, masses, alarms } = outcome.facts
    return {
      state: mode,
      steps: outcome.believed,
      volume_uL: fromReference(reference(this.pump.model.step_uL).mul(outcome.believed)),
      reservoir_uL: fromReference(outcome.reservoir_uL),
      dose_ug: [...masses].map(([drug, mass_ug]) => [drug, fromReference(mass_ug)]),
      clock_us: fromReference(outcome.clock_us),
      alarms: [...alarms].sort(),
      tone: outcome.sounding,
    }
  }

  /** Keeps the outcomes with the motion of the pump; where there is none, says what is wrong with the first. */
  #keepMotion(): void {
    if (this.outcomes.length > 1) {
      const left = this.outcomes.filter((outcome) => !throws(() => this.#compareMotion(outcome)))
      if (left.length > 0) this.outcomes = left
    }
    this.#compareMotion(this.#first)
    this.#compared = this.#first.facts.steps
  }

  /** What was ordered up to now is what was due; what is ordered beyond is what will be, if nothing is done. */
  #compareMotion(expected: ReferencePump): void {
    const { pump } = this
    const { steps } = expected.facts
    for (let step = Math.max(this.#compared, steps - COMPARED) + 1; step <= steps; step += 1) {
      expect(pump.dueOf(step)).toEqual(fromReference(expected.due_us(step)))
    }
    const last_us = pump.dueOf(pump.stepCount)
    if (pump.stepCount === steps || last_us === undefined) {
      expect(pump.stepCount).toBe(steps)
      return
    }
    expect(expected.isResting).toBe(false)
    const ahead = expected.copy()
    ahead.advance(reference(last_us))
    expect(ahead.facts.steps).toBe(pump.stepCount)
    expect(fromReference(ahead.due_us(pump.stepCount))).toEqual(last_us)
  }
}

function throws(act: () => void): boolean {
  try {
    act()
    return false
  } catch {
    return true
  }
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

/** One of each: outcomes that differ in nothing are one. */
function distinct(outcomes: readonly ReferencePump[]): readonly ReferencePump[] {
  if (outcomes.length < 2) return outcomes
  const known = new Map(outcomes.map((outcome) => [JSON.stringify({ ...outcome.facts, stretches: 0 }, plain), outcome]))
  return [...known.values()]
}
