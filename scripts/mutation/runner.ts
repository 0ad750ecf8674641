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

class InProcessRunner implements TestRunner {
  #suites: Suites | null = null
  /** How long each test took when it was last run here. */
  readonly #lasted_ms = new Map<string, number>()

  capabilities() {
    // Every run evaluates every module anew.
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    const { tests } = groupsOf(process.env['MUTATION_GROUPS'] ?? '')
    this.#suites = await bundled(
      process.cwd(),
      tests.map((suite) => `test/${suite}.test.ts`),
      LEFT_OUT,
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
    Object.assign(found, { hitCount: 0, hitLimit: options.hitLimit })
    delete found.activeMutant
    const tests = await this.#run(options)
    return toMutantRunResult(
      determineHitLimitReached(found.hitCount, options.hitLimit) ?? { status: DryRunStatus.Complete, tests },
    )
  }

  async #run(options: Partial<MutantRunOptions>): Promise<TestResult[]> {
    const found = instruments()
    const mutant = options.activeMutant?.id
    // A change of a constant has to be there while the modules are loaded.
    if (mutant !== undefined && options.mutantActivation === 'static') found.activeMutant = mutant
    const collected = this.#suites?.collect() ?? []
    const lasted_ms = ({ id }: Test) => this.#lasted_ms.get(id) ?? 0
    // Most mutants are noticed by many tests, and the first to do so is enough.
    const tests = collected.toSorted((a, b) => lasted_ms(a) - lasted_ms(b))
    if (mutant !== undefined) found.activeMutant = mutant
    const wanted = options.testFilter === undefined ? null : new Set(options.testFilter)
    const results: TestResult[] = []
    for (const test of tests) {
      // A suite that cannot be loaded fails every test it would have had.
      if (wanted?.has(test.id) === false && !test.failsToLoad) continue
      found.currentTestId = test.id
      const result = await outcomeOf(test)
      delete found.currentTestId
      this.#lasted_ms.set(test.id, result.timeSpentMs)
      results.push(result)
      if (result.status === TestStatus.Failed && options.disableBail !== true) break
    }
    return results
  }
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
