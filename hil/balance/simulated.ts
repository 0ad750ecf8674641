/**
 * A simulated balance that speaks the bytes of a real one, in virtual time, with chance from a seed.
 *
 * Ten times a second it samples the load, with what a bench does to it: noise, drift that may bend, evaporation from the
 * beaker, a draught that shakes it for a while, a nudge that shifts it for good, and a scale that is a little off. What it
 * shows is the mean of its last second; it calls that stable when the samples of that second lie close together, as a
 * real one does, so that a slow draught may fool it.
 */
import { QUERIES, type Query } from '#hil/balance/mt-sics'
import { chance, seedOf } from '#hil/fault/seed'

/** What the bench does to the balance. Masses in mg, times in s from the start. */
export interface BenchWeather {
  readonly seed: number
  /** One unit of the last decimal. */
  readonly resolution_mg: number
  /** Standard deviation of one sample. */
  readonly noise_mg: number
  readonly drift_mg_per_h: number
  /** How much the drift itself grows in an hour. */
  readonly bend_mg_per_h2: number
  readonly evaporation_mg_per_h: number
  /** Shakes the load by up to so much either way. */
  readonly draught: { readonly from_s: number; readonly for_s: number; readonly size_mg: number } | null
  readonly nudge: { readonly at_s: number; readonly by_mg: number } | null
  /** Relative error of the scale. */
  readonly sensitivity: number
  /** Largest deviation from a straight line. */
  readonly linearity_mg: number
  readonly serial: string
}

/** Samples a second, and samples in what is shown. */
const RATE_Hz = 10
const SHOWN_samples = 10
/** Spread of the samples, in units of the last decimal and of the noise, up to which a weight is called stable. */
const STABLE_digits = 3
const STABLE_noises = 6
/** How long S and T wait for a stable weight. */
const PATIENCE_samples = 100
/** Samples between the answers to SIR. */
const REPEAT_samples = 2
const CAPACITY_mg = 220_000
/** Load over which the deviation from a straight line goes there and back. */
const LINEARITY_PERIOD_mg = 3000
/** A draught turns about so often. */
const GUST_s = 0.7
const LONGEST_COMMAND = 64
/** Commands that wait; one more is dropped, as by a real input buffer. */
const MOST_WAITING = 16
/** Loads remembered; what is older than what is shown counts as always there. */
const MEMORY_samples = 2 * SHOWN_samples

export interface SimulatedReply {
  readonly at_us: number
  readonly bytes: Uint8Array
}

interface Load {
  readonly sample: number
  readonly mass_mg: number
}

export class SimulatedBalance {
  readonly #weather: BenchWeather
  #loads: Load[] = []
  #settled_mg = 0
  #zero_mg = 0
  #tare_mg = 0
  #command = ''
  #waiting: Query[] = []
  /** The question that is being answered, and since which sample. */
  #working: { readonly query: Query; readonly since: number } | null = null
  #repeating = false
  #sample = 0

  constructor(weather: BenchWeather) {
    this.#weather = weather
  }

  /** Puts so much more on the pan; less than nothing takes it away. Time must not go back. */
  load(mass_mg: number, at_us: number): void {
    const sample = sampleAt(at_us)
    this.#loads.push({ sample, mass_mg })
    const old = this.#loads.filter((load) => load.sample < sample - MEMORY_samples)
    for (const load of old) this.#settled_mg += load.mass_mg
    this.#loads = this.#loads.slice(old.length)
  }

  /** Lets time run to the instant, at which bytes of the host arrive; everything said by then, in order. */
  advance(bytes: Uint8Array, to_us: number): SimulatedReply[] {
    const last = sampleAt(to_us)
    const said: SimulatedReply[] = []
    while (this.#busy && this.#sample < last) {
      this.#sample += 1
      said.push(...this.#work(this.#sample))
    }
    this.#sample = Math.max(this.#sample, last)
    const wrong: string[] = []
    for (const byte of bytes) this.#hear(byte, wrong)
    said.push(...wrong.map((text) => reply(text, this.#sample)))
    if (bytes.length > 0) said.push(...this.#work(this.#sample))
    return said
  }

  get #busy(): boolean {
    return this.#working !== null || this.#waiting.length > 0 || this.#repeating
  }

  #hear(byte: number, replies: string[]): void {
    const character = String.fromCharCode(byte)
    if (character === '\r') return
    if (character !== '\n') {
      if (this.#command.length < LONGEST_COMMAND) this.#command += character
      return
    }
    const known = QUERIES.find((query) => query === this.#command)
    if (known === undefined && this.#command !== '') replies.push('ES')
    if (known !== undefined && this.#waiting.length < MOST_WAITING) this.#waiting.push(known)
    this.#command = ''
  }

  /** What is said at one sample. */
  #work(sample: number): SimulatedReply[] {
    const said: string[] = []
    if (this.#working === null) {
      const query = this.#waiting.shift()
      if (query !== undefined) {
        this.#repeating = query === 'SIR'
        this.#working = { query, since: sample }
      } else if (this.#repeating && sample % REPEAT_samples === 0) said.push(this.#weight('S', sample))
    }
    const working = this.#working
    if (working !== null) {
      const answer = this.#answer(working.query, sample, sample - working.since >= PATIENCE_samples)
      if (answer !== null) {
        said.push(answer)
        this.#working = null
      }
    }
    return said.map((text) => reply(text, sample))
  }

  /** The answer, or null while it is waited for. */
  #answer(query: Query, sample: number, late: boolean): string | null {
    switch (query) {
      case 'SI':
      case 'SIR':
        return this.#weight('S', sample)
      case 'I4':
        return `I4 A "${this.#weather.serial}"`
      case '@':
        this.#tare_mg = 0
        return `I4 A "${this.#weather.serial}"`
      case 'S':
      case 'Z':
      case 'T':
        if (!this.#stable(sample)) return late ? `${query} I` : null
        return this.#whenStable(query, sample)
    }
  }

  #whenStable(query: 'S' | 'Z' | 'T', sample: number): string {
    const mean = this.#mean(sample)
    if (query === 'S') return this.#weight('S', sample)
    if (query === 'T') {
      this.#tare_mg = mean - this.#zero_mg
      return `T S ${this.#shown(this.#tare_mg)} g`
    }
    this.#zero_mg = mean
    this.#tare_mg = 0
    return 'Z A'
  }

  #weight(to: 'S', sample: number): string {
    const shown_mg = this.#mean(sample) - this.#zero_mg - this.#tare_mg
    if (shown_mg > CAPACITY_mg) return `${to} +`
    if (shown_mg < -CAPACITY_mg) return `${to} -`
    return `${to} ${this.#stable(sample) ? 'S' : 'D'} ${this.#shown(shown_mg)} g`
  }

  /** Ten characters, right aligned, in grams. */
  #shown(mass_mg: number): string {
    const { resolution_mg } = this.#weather
    const decimals = Math.max(0, Math.ceil(Math.log10(1000 / resolution_mg) - 1e-9))
    const rounded_mg = Math.round(mass_mg / resolution_mg) * resolution_mg
    return (rounded_mg / 1000).toFixed(decimals).padStart(10)
  }

  #mean(sample: number): number {
    let sum = 0
    for (let back = 0; back < SHOWN_samples; back += 1) sum += this.#at(sample - back)
    return sum / SHOWN_samples
  }

  #stable(sample: number): boolean {
    const { resolution_mg, noise_mg } = this.#weather
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let back = 0; back < SHOWN_samples; back += 1) {
      const one = this.#at(sample - back)
      low = Math.min(low, one)
      high = Math.max(high, one)
    }
    return high - low <= STABLE_digits * resolution_mg + STABLE_noises * noise_mg
  }

  /** One sample of the load and of all that is done to it. */
  #at(sample: number): number {
    const { drift_mg_per_h, bend_mg_per_h2, evaporation_mg_per_h, draught, nudge, noise_mg } = this.#weather
    const s = sample / RATE_Hz
    const h = s / 3600
    const load_mg = this.#loads.reduce(
      (sum, load) => (load.sample <= sample ? sum + load.mass_mg : sum),
      this.#settled_mg,
    )
    const true_mg = load_mg - evaporation_mg_per_h * h
    const shaken_mg = draught !== null && s >= draught.from_s && s < draught.from_s + draught.for_s ? this.#gust(s) : 0
    const nudged_mg = nudge !== null && s >= nudge.at_s ? nudge.by_mg : 0
    const drifted_mg = drift_mg_per_h * h + (bend_mg_per_h2 * h * h) / 2
    return (
      this.#scaled(true_mg) +
      drifted_mg +
      shaken_mg * (draught?.size_mg ?? 0) +
      nudged_mg +
      noise_mg * this.#normal(sample)
    )
  }

  #scaled(mass_mg: number): number {
    const { sensitivity, linearity_mg } = this.#weather
    const part = mass_mg / LINEARITY_PERIOD_mg
    const saw = part - Math.floor(part)
    return mass_mg * (1 + sensitivity) + linearity_mg * (1 - 4 * Math.abs(saw - 0.5))
  }

  /** From -1 to 1, without jumps. */
  #gust(s: number): number {
    const turn = Math.floor(s / GUST_s)
    const part = s / GUST_s - turn
    const edge = (index: number) => 2 * chance(seedOf(this.#weather.seed, 2 * index + 1)) - 1
    return edge(turn) * (1 - part) + edge(turn + 1) * part
  }

  /** Nearly a normal deviate, of additions only, so that it is the same everywhere. */
  #normal(sample: number): number {
    const seed = seedOf(this.#weather.seed, 2 * sample)
    let sum = -6
    for (let draw = 0; draw < 12; draw += 1) sum += chance(seed + draw)
    return sum
  }
}

function sampleAt(at_us: number): number {
  return Math.floor((at_us * RATE_Hz) / 1e6)
}

function reply(text: string, sample: number): SimulatedReply {
  const bytes = Uint8Array.from(`${text}\r\n`, (character) => character.charCodeAt(0))
  return { at_us: (sample * 1e6) / RATE_Hz, bytes }
}
