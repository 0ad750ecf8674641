/**
 * A bench for one test: runs scenarios, and is taken down once, within a limit, whatever became of the test.
 *
 * When it is taken down it also holds every run to what holds of all runs without being demanded: mass is conserved, the
 * pump refuses nothing that no test expects it to refuse, a fault that was asked for struck, and the run was awaited.
 */
import type { PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge, judgeCheck } from '#hil/run/judge'
import { type Ledgers, ledgersOf } from '#hil/run/ledgers'
import type { CheckResult, RunResult } from '#hil/run/result'
import type { Trace } from '#hil/run/trace'
import { checkOfDemand, type WrittenDemand } from '#hil/scenario/demand'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'
import { lackFor } from '#scripts/pump-link/able'
import { readScenarios } from '#scripts/scenario-files'
import { type ReadScenario, type TestEquipment, thereOnce, unfit } from '#scripts/test-equipment'
import { type Turn, takeTurn } from '#scripts/test-turns'
import type { Rational } from '#units/rational'

/** A run that is over: its result, its trace, and what can be demanded of it. */
export class BenchRun {
  readonly scenario: Scenario
  readonly trace: Trace
  readonly result: RunResult
  /** How many refusals are expected at a time. */
  readonly #expectedRefusals_s = new Map<number, number>()
  #ledgers: Ledgers | undefined
  #judgedWhole = false

  constructor(scenario: Scenario, trace: Trace, result: RunResult) {
    this.scenario = scenario
    this.trace = trace
    this.result = result
  }

  /** What a check finds in this run. Throws RangeError for a demand that makes no sense. */
  demand(written: WrittenDemand): CheckResult {
    const check = checkOfDemand(written, this.scenario)
    this.#ledgers ??= ledgersOf(this.scenario, this.trace)
    // Some checks look at what the others are: this one is alone.
    return judgeCheck(check, { ...this.#ledgers, scenario: { ...this.scenario, checks: [check] } })
  }

  /** A span of time of this run in microseconds, such as `1 h`, no longer than the run. Throws RangeError for anything else. */
  span(text: string): Rational {
    const check = checkOfDemand({ check: 'alarm', alarm: 'motor-stall', by: text }, this.scenario)
    if (check.check !== 'alarm') throw new TypeError(`${check.check} is no alarm`)
    return check.by_us
  }

  /** Notes that a test expects one refusal at this time. */
  expectRefusal(at_s: number): void {
    this.#expectedRefusals_s.set(at_s, (this.#expectedRefusals_s.get(at_s) ?? 0) + 1)
  }

  /** Notes that a test has looked at the verdict of the whole run. */
  judgedWhole(): void {
    this.#judgedWhole = true
  }

  /** What holds of all runs and does not hold of this one. */
  broken(): readonly CheckResult[] {
    if (this.#judgedWhole) return []
    const always = this.result.checks.slice(this.scenario.checks.length)
    const expected_s = new Map(this.#expectedRefusals_s)
    return always.filter(({ check, verdict, at_s }) => {
      if (check !== 'no-refusal' || at_s === null) return verdict !== 'pass'
      const left = expected_s.get(at_s) ?? 0
      expected_s.set(at_s, left - 1)
      return left <= 0
    })
  }
}

export interface TestBenchOptions extends TestEquipment {
  readonly teardown_ms: number
  /** Ends the test as one that shows nothing, with the reason. */
  readonly skip: (reason: string) => never
}

export class TestBench {
  readonly rig: RigDefinition
  readonly pump: PumpDefinition
  readonly #teardown_ms: number
  readonly #skip: TestBenchOptions['skip']
  readonly #interruption = new AbortController()
  readonly #underWay = new Map<Promise<unknown>, string>()
  readonly #runs: BenchRun[] = []
  readonly #turns = new Set<Turn>()
  #closed: Promise<void> | undefined

  constructor({ rig, pump, teardown_ms, skip }: TestBenchOptions) {
    this.rig = rig
    this.pump = pump
    this.#teardown_ms = teardown_ms
    this.#skip = skip
  }

  /**
   * Runs a scenario to its end: the text of one, of several lines, or the path of a file. Throws when it is not valid or cannot
   * be run with rig and pump, with everything that is wrong; a run that fails, or a rig that does, is a matter for the matchers.
   * Skips the test where the pump lacks something that the scenario needs. Of what is there once, a rig or pump on a wire, it
   * waits for its turn.
   */
  run = async (scenario: string): Promise<BenchRun> => {
    if (this.#closed !== undefined) throw new Error('the test of this bench is over; await every run before its end')
    const file = scenarioFrom(scenario)
    const running = this.#inTurn(file)
    this.#underWay.set(running, file.scenario.name)
    try {
      const run = await running
      // The test is over, and nobody waits for this any more.
      if (run === null) return await new Promise<never>(() => undefined)
      if (this.#closed === undefined) this.#runs.push(run)
      return run
    } finally {
      this.#underWay.delete(running)
    }
  }

  /** Null where the test was over before its turn came. */
  async #inTurn(file: ReadScenario): Promise<BenchRun | null> {
    const turn = await takeTurn(thereOnce(this), this.#interruption.signal)
    if (turn === null) return null
    this.#turns.add(turn)
    try {
      return await this.#execute(file)
    } finally {
      turn.end(null)
      this.#turns.delete(turn)
    }
  }

  async #execute(given: ReadScenario): Promise<BenchRun> {
    const { file, scenario } = given
    const problems = unfit(given, this)
    if (problems.length > 0) throw new Error(problems.join('\n'))
    const lack = lackFor(scenario, this.pump, this.rig)
    if (lack !== null) this.#skipFor(`${scenario.name} was not run: ${lack}`)
    const start_ms = performance.now()
    const trace = await execute(scenario, this.pump, this.rig, { signal: this.#interruption.signal })
    const result = judge(trace, { file, wall_s: (performance.now() - start_ms) / 1000 })
    return new BenchRun(scenario, trace, result)
  }

  /** A test that is skipped hides whatever else is wrong with it, so that is told first. */
  #skipFor(reason: string): never {
    const broken = this.#broken()
    if (broken.length > 0) throw new Error(broken.join('\n'))
    return this.#skip(reason)
  }

  /**
   * Ends what is under way, waits for the rig to let go, and looks at what holds of all runs. However often it is called it
   * is done once. Throws when a run was not awaited, a rig does not let go in time, or a rule was broken.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const forgotten = [...this.#underWay.values()]
    const over = Promise.allSettled(this.#underWay.keys())
    this.#interruption.abort()
    const held = forgotten.length > 0 && !(await within(over, this.#teardown_ms))
    if (held) {
      for (const turn of this.#turns) turn.end(`the rig ${this.rig.name} was not let go of by an earlier test`)
    }
    const problems = [
      ...forgotten.map((name) => `the run of ${name} was not over when the test ended; await bench.run(...)`),
      ...(held ? [`the rig ${this.rig.name} did not let go within ${this.#teardown_ms} ms`] : []),
      ...this.#broken(),
    ]
    if (problems.length > 0) throw new Error(problems.join('\n'))
  }

  #broken(): readonly string[] {
    return this.#runs.flatMap((run) =>
      run.broken().map(({ check, verdict, detail }) => `${run.result.scenario}: ${check}: ${verdict}: ${detail}`),
    )
  }
}

/** Whether the work is over before the time is. */
async function within(work: Promise<unknown>, limit_ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limit_ms)
  })
  const done = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return done
}

function scenarioFrom(given: string): ReadScenario {
  if (given.includes('\n')) {
    const file = 'scenario of the test'
    const parsed = parseScenario(given, file)
    if (parsed.ok) return { file, scenario: parsed.scenario }
    throw new Error(`the scenario is not valid:\n${parsed.problems.map(problemText).join('\n')}`)
  }
  const { scenarios, problems } = readScenarios([given])
  if (problems.length > 0) throw new Error(`the scenario is not valid:\n${problems.map(problemText).join('\n')}`)
  const [one, ...others] = scenarios
  if (one !== undefined && others.length === 0) return one
  throw new Error(`${given} holds ${scenarios.length} scenarios; a run takes one`)
}
