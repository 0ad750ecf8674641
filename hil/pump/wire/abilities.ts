/** What a pump on a wire says that it can. */

import { isRequired } from '#hil/pump/wire/figures'
import type { ToBench } from '#protocol/pump/message'
import type { CHOICES, FigureName, OptionName } from '#protocol/pump/words'

type Can = Extract<ToBench, { readonly type: 'CAN' }>

/** A limit that the clinic sets. */
export type LimitName = (typeof CHOICES)['limit'][number]

/** Programs that every pump has. */
const REQUIRED_PROGRAMS = ['stopped', 'simple-continuous']

export class Abilities {
  readonly #names: ReadonlySet<string>

  constructor(cans: readonly Pick<Can, 'what' | 'name'>[]) {
    this.#names = new Set(cans.map(({ what, name }) => `${what} ${name}`))
  }

  /** A word of `program`. */
  hasProgram(name: string): boolean {
    return REQUIRED_PROGRAMS.includes(name) || this.#names.has(`program ${name}`)
  }

  /** The type of a command. */
  takesInput(type: string): boolean {
    return this.#names.has(`input ${type}`)
  }

  takesFigure(name: FigureName): boolean {
    return isRequired(name) || this.#names.has(`figure ${name}`)
  }

  keepsLimit(name: LimitName): boolean {
    return this.#names.has(`limit ${name}`)
  }

  hasAlarm(name: string): boolean {
    return this.#names.has(`alarm ${name}`)
  }

  /** The name of an event that checks can ask for. */
  saysEvent(name: string): boolean {
    return this.#names.has(`event ${name}`)
  }

  /** Whether it understands fractions, numbers of any length, and messages of several frames. */
  get understandsFractions(): boolean {
    return this.#hasOption('fractions')
  }

  /** Whether it has a clock of its own and turns its own motor, so that the bench cannot hold its time. */
  get isFreeRunning(): boolean {
    return this.#hasOption('free-running')
  }

  #hasOption(name: OptionName): boolean {
    return this.#names.has(`option ${name}`)
  }
}
