/** Stryker's test runner for the suites of one group of files: a plugin, chosen by `stryker.config.mjs`. */
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
 * How much of Stryker's limit is waited for, which is a hundred times as often as the code is reached unchanged: of a walk
 * that is reached millions of times, that would take longer than the clock allows, and then a new process.
 */
const PATIENCE = 0.1

class InProcessRunner implements TestRunner {
  #suites: Suites | null = null
  /** How long each test took when it was last run here. */
  readonly #lasted_ms = new Map<string, number>()
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
    const { mutantCoverage } = found
    return { status: DryRunStatus.Complete, tests, ...(mutantCoverage === undefined ? {} : { mutantCoverage }) }
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const found = instruments()
    const hitLimit = options.hitLimit === undefined ? undefined : Math.ceil(options.hitLimit * PATIENCE)
    Object.assign(found, { hitCount: 0, hitLimit })
    delete found.activeMutant
    const tests = await this.#run(options)
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
        const result = await outcomeOf(test)
        delete found.currentTestId
        results.push(result)
        this.#remember(result, disableBail !== true)
        if (result.status === TestStatus.Failed && disableBail !== true) return results
      }
    }
    return results
  }

  #remember({ id, status, timeSpentMs }: TestResult, rates: boolean): void {
    this.#lasted_ms.set(id, timeSpentMs)
    if (status !== TestStatus.Failed || !rates) return
    for (const name of [id, fileOf(id)]) {
      this.#noticing.delete(name)
      this.#noticing.add(name)
    }
  }

  /** Those that noticed a mutant, the last one first; then the others, the quickest first. */
  #promising<T>(tests: readonly T[], nameOf: (test: T) => string): readonly T[] {
    const latest = [...this.#noticing].toReversed()
    const rank = new Map(latest.map((name, place) => [name, place - latest.length]))
    const order = (test: T) => rank.get(nameOf(test)) ?? this.#lasted_ms.get(nameOf(test)) ?? 0
    return tests.toSorted((a, b) => order(a) - order(b))
  }
}

function fileOf(testId: string): string {
  return testId.slice(0, testId.indexOf('#'))
}

async function outcomeOf({ id, name, file, run }: Test): Promise<TestResult> {
  const start_ms = performance.now()
  const told = () => ({ id, name, fileName: file, timeSpentMs: performance.now() - start_ms })
  try {
    await run()
    return { ...told(), status: TestStatus.Success }
  } catch (error) {
    return { ...told(), status: TestStatus.Failed, failureMessage: String(error) }
  }
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', () => new InProcessRunner())]
