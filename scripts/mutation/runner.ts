/** Stryker's test runner for the suites of one group of files: a plugin, chosen by `stryker.config.mjs`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core'
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'
import { groupsOf, LEFT_OUT } from '#scripts/mutation/groups'
import { bundled, type Suites, type Test } from '#scripts/mutation/suites'

/** What the instrumented code reads and writes. */
function instruments(): InstrumenterContext {
  const { NAMESPACE } = INSTRUMENTER_CONSTANTS
  const known = globalThis as { [NAMESPACE]?: InstrumenterContext }
  const found = known[NAMESPACE] ?? {}
  known[NAMESPACE] = found
  return found
}

/**
 * How much of Stryker's limit is waited for, which is a hundred times as often as the code is reached unchanged, and how often
 * in any case: of a walk that is reached millions of times, all of it would take longer than the clock allows.
 */
const PATIENCE = 0.1
const OFTEN = 200_000

/** A test is broken off after this, and so many times what it took unchanged: of the time of a core, which others share. */
const SHORTEST_LIMIT_ms = 1000
const LONGER = 6
/** How much longer by the clock is waited for that at first, and at most. */
const SHARES = [2, 10, 50]

/** In the folder in which the changed code lies, which is gone after the run. */
const USUAL = 'usual-times.json'

/** What {@link runBrokenOff} runs. */
const brokenOff = globalThis as { runWithinLimit?: () => unknown }
const runBrokenOff = new Script('runWithinLimit()')

class InProcessRunner implements TestRunner {
  #suites: Suites | null = null
  /** How long each test and each suite took unchanged; one process finds out and the others read it. */
  #usual_ms: ReadonlyMap<string, number> = new Map()
  /** Tests that were broken off. */
  readonly #hung = new Set<string>()
  /** Tests and suites that noticed a mutant, the last one last. */
  readonly #noticing = new Set<string>()

  capabilities() {
    // Every run evaluates every module anew.
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    const { tests, ofTraces } = groupsOf(process.env['MUTATION_GROUPS'] ?? '')
    this.#suites = await bundled(
      process.cwd(),
      tests.map((suite) => `test/${suite}.test.ts`),
      { leftOut: LEFT_OUT, remembersTraces: ofTraces },
    )
  }

  async dryRun(): Promise<DryRunResult> {
    const found = instruments()
    delete found.activeMutant
    delete found.mutantCoverage
    const tests = await this.#run({ disableBail: true })
    const usual_ms = new Map<string, number>()
    for (const { id, timeSpentMs } of tests) {
      usual_ms.set(id, timeSpentMs)
      usual_ms.set(fileOf(id), (usual_ms.get(fileOf(id)) ?? 0) + timeSpentMs)
    }
    writeFileSync(USUAL, JSON.stringify([...usual_ms]))
    const { mutantCoverage } = found
    return { status: DryRunStatus.Complete, tests, ...(mutantCoverage === undefined ? {} : { mutantCoverage }) }
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const found = instruments()
    if (this.#usual_ms.size === 0)
      this.#usual_ms = new Map(JSON.parse(readFileSync(USUAL, 'utf8')) as [string, number][])
    const hitLimit =
      options.hitLimit === undefined ? undefined : Math.max(Math.ceil(options.hitLimit * PATIENCE), OFTEN)
    Object.assign(found, { hitCount: 0, hitLimit })
    delete found.activeMutant
    const tests = await this.#run(options)
    const hung = tests.find(({ id }) => this.#hung.has(id))
    this.#hung.clear()
    if (hung !== undefined) return toMutantRunResult({ status: DryRunStatus.Timeout, reason: `${hung.name} hangs` })
    return toMutantRunResult(
      determineHitLimitReached(found.hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests },
    )
  }

  /** Runs what is asked for, suite by suite: what noticed the mutants before comes first, and then what is quick. */
  async #run({ activeMutant, testFilter, disableBail }: Partial<MutantRunOptions>): Promise<TestResult[]> {
    const found = instruments()
    // From the beginning: a change of a constant has to be there while the modules are loaded.
    if (activeMutant !== undefined) found.activeMutant = activeMutant.id
    const { files, fresh } = this.#suites ?? { files: [], fresh: () => async () => [] }
    const load = fresh()
    const wanted = testFilter === undefined ? null : new Set(testFilter)
    const wantedFiles = new Set(testFilter?.map(fileOf) ?? files)
    const results: TestResult[] = []
    for (const file of this.#promising([...wantedFiles], (name) => name)) {
      for (const test of this.#promising(await load(file), ({ id }) => id)) {
        // A suite that cannot be loaded fails every test it would have had.
        if (wanted?.has(test.id) === false && !test.failsToLoad) continue
        found.currentTestId = test.id
        const result = await this.#outcomeOf(test, activeMutant === undefined ? undefined : this.#limit_ms(test))
        delete found.currentTestId
        results.push(result)
        if (disableBail === true) continue
        this.#remember(result)
        if (result.status === TestStatus.Failed) return results
      }
    }
    return results
  }

  /** How much time of a core a test may take. */
  #limit_ms({ id }: Test): number {
    return SHORTEST_LIMIT_ms + LONGER * (this.#usual_ms.get(id) ?? 0)
  }

  /**
   * A test that does not come to its end is broken off, so that no new process is needed for the next mutant. One that had
   * too little of a busy machine is begun again, and waited for longer.
   */
  async #outcomeOf(test: Test, limit_ms: number | undefined): Promise<TestResult> {
    const { id, name, file, run } = test
    const before = process.cpuUsage()
    const told = () => ({ id, name, fileName: file, timeSpentMs: since_ms(before) })
    brokenOff.runWithinLimit = run
    for (const share of SHARES) {
      const begun = process.cpuUsage()
      try {
        await (limit_ms === undefined ? run() : runBrokenOff.runInThisContext({ timeout: Math.ceil(limit_ms * share) }))
        return { ...told(), status: TestStatus.Success }
      } catch (error) {
        const isBrokenOff = error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
        if (!isBrokenOff) return { ...told(), status: TestStatus.Failed, failureMessage: String(error) }
        if (limit_ms !== undefined && since_ms(begun) >= limit_ms) break
      }
    }
    this.#hung.add(id)
    return { ...told(), status: TestStatus.Failed, failureMessage: 'it does not come to its end' }
  }

  #remember({ id, status }: TestResult): void {
    if (status !== TestStatus.Failed) return
    for (const name of [id, fileOf(id)]) {
      this.#noticing.delete(name)
      this.#noticing.add(name)
    }
  }

  /** Those that noticed a mutant, the last one first; then the others, the quickest first. */
  #promising<T>(tests: readonly T[], nameOf: (test: T) => string): readonly T[] {
    const latest = [...this.#noticing].toReversed()
    const rank = new Map(latest.map((name, place) => [name, place - latest.length]))
    const order = (test: T) => rank.get(nameOf(test)) ?? this.#usual_ms.get(nameOf(test)) ?? 0
    return tests.toSorted((a, b) => order(a) - order(b))
  }
}

/** Time of a core. */
function since_ms(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function fileOf(testId: string): string {
  return testId.slice(0, testId.indexOf('#'))
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', () => new InProcessRunner())]
