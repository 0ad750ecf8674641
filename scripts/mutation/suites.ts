/**
 * Suites run in this very process: bundled once, and evaluated anew for every run.
 *
 * A mutant needs fresh modules and a few tests of a millisecond, which a test runner made for people surrounds with
 * seconds of processes and files. What the suites take from vitest is `describe`, `it`, their `each`, `vi.setConfig` and
 * `expect`; the first two are collected here, the last one is vitest's own.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { build, type Plugin } from 'esbuild'
import fc from 'fast-check'
import { expect } from 'vitest'

/** A test as it was collected, or the failure to load its suite. */
export interface Test {
  /** File and name, and no other test has them. */
  readonly id: string
  readonly name: string
  readonly file: string
  /** Whether it stands for a suite that could not be loaded. */
  readonly failsToLoad: boolean
  readonly run: () => unknown
}

type Body = (...values: readonly unknown[]) => unknown
type Define = (name: string, body: Body, timeout_ms?: number) => void
type Each = (cases: readonly unknown[]) => Define

/** Evaluates the suite of a file, and whatever modules it needs that were not evaluated yet; gives its tests in order. */
export type Load = (file: string) => Promise<readonly Test[]>

/** Suites of a folder. */
export interface Suites {
  readonly files: readonly string[]
  /** Begins anew: nothing has been evaluated yet. */
  readonly fresh: () => Load
}

/** Runs of a property: at most so many, and of one that asks for thousands, because it is quick, a tenth. */
const MOST_RUNS = 40

// A failure is enough, the least counterexample of no interest, and a score should be the same tomorrow.
fc.configureGlobal({ endOnFailure: true, seed: 1 })

const shortly = {
  ...fc,
  assert: (property: fc.IProperty<unknown>, { numRuns = MOST_RUNS, ...asked }: fc.Parameters<unknown> = {}) =>
    fc.assert(property, { ...asked, numRuns: Math.min(numRuns, Math.max(MOST_RUNS, numRuns / 10)) }),
}

export interface Bundling {
  /** Tests whose names match are left out. */
  readonly leftOut: readonly RegExp[]
  /**
   * Whether a run of a scenario is made once and its trace remembered: for mutants of what is done with a trace, which no
   * run depends on. The same test asks for the same runs in the same order.
   */
  readonly remembersTraces: boolean
}

/** Bundles suites, named by their paths from the folder. */
export async function bundled(
  folder: string,
  files: readonly string[],
  { leftOut, remembersTraces }: Bundling,
): Promise<Suites> {
  const loaders = files.map((file) => `${JSON.stringify(file)}: () => require(${JSON.stringify(`./${file}`)})`)
  const { outputFiles } = await build({
    stdin: { contents: `module.exports = { ${loaders.join()} }`, resolveDir: folder },
    absWorkingDir: folder,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: remembersTraces ? [placed, remembering] : [placed],
    logLevel: 'error',
  })
  const [bundle] = outputFiles
  if (bundle === undefined) throw new Error('the suites were bundled into nothing')
  const script = new Script(`(function (require, module) {${bundle.text}\n})`, { filename: join(folder, 'suites.cjs') })
  const evaluate = script.runInThisContext() as (load: (name: string) => unknown, module: { exports: unknown }) => void
  const loadPackage = createRequire(join(folder, 'package.json'))
  const traces = new Traces()
  return { files, fresh: () => loading(evaluate, loadPackage, leftOut, traces) }
}

/** Modules know where they are: a bundle has lost it. */
const placed: Plugin = {
  name: 'placed',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/test\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path))), loader: 'ts' }
    })
  },
}

/** The function of a module that {@link remembering} puts before the true one. */
type Execute = (...asked: readonly unknown[]) => Promise<unknown>

const memory = globalThis as { rememberedTrace?: (execute: Execute, asked: readonly unknown[]) => Promise<unknown> }

/** Has the runs of scenarios asked of {@link memory}. */
const remembering: Plugin = {
  name: 'remembering',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/hil\/run\/execute\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const renamed = text.replace('export async function execute(', 'async function executeAnew(')
      if (renamed === text) throw new Error(`${path} has no function that executes`)
      const asked = 'export const execute = (...asked) => globalThis.rememberedTrace(executeAnew, asked)'
      return { contents: `${renamed}\n${asked}\n`, loader: 'ts' }
    })
  },
}

/** Traces by who asked for them, and as how many-eth. */
class Traces {
  readonly #known = new Map<string, Promise<unknown>>()
  #asking = ''
  #count = 0

  constructor() {
    memory.rememberedTrace = (execute, asked) => this.#trace(execute, asked)
  }

  askedBy(name: string): void {
    ;[this.#asking, this.#count] = [name, 0]
  }

  #trace(execute: Execute, asked: readonly unknown[]): Promise<unknown> {
    // Whoever listens to a run or may break it off has to have one.
    if (Object.values(asked[3] ?? {}).some((part) => typeof part === 'function' || part instanceof AbortSignal)) {
      return execute(...asked)
    }
    this.#count += 1
    const key = `${this.#asking} ${this.#count}`
    const trace = this.#known.get(key) ?? execute(...asked)
    this.#known.set(key, trace)
    return trace
  }
}

interface Described {
  readonly name: string
  readonly body: () => unknown
  readonly parts: (Described | { readonly name: string; readonly run: () => unknown })[]
}

function loading(
  evaluate: (load: (name: string) => unknown, module: { exports: unknown }) => void,
  loadPackage: (name: string) => unknown,
  leftOut: readonly RegExp[],
  traces: Traces,
): Load {
  let open: Described['parts'] = []
  const it: Define = (name, body, timeout_ms) => {
    // What asks for more time than others has no place here.
    if (timeout_ms === undefined) open.push({ name, run: body })
  }
  const describe: Define = (name, body) => {
    open.push({ name, body, parts: [] })
  }
  const vitest = {
    expect,
    describe: Object.assign(describe, { each: eachOf(describe) }),
    it: Object.assign(it, { each: eachOf(it) }),
    // Of what it sets, nothing is about what is tested.
    vi: { setConfig: () => {} },
  }
  const module: { exports: unknown } = { exports: {} }
  const packages = new Map<string, unknown>([
    ['vitest', vitest],
    ['fast-check', { ...shortly, default: shortly }],
  ])
  evaluate((name) => packages.get(name) ?? loadPackage(name), module)
  const loaders = module.exports as Readonly<Record<string, () => unknown>>

  const described = async ({ body, parts }: Described) => {
    open = parts
    await body()
    // Nested ones come later, when all that is said around them has been said.
    for (const part of parts) if ('body' in part) await described(part)
  }
  return async (file) => {
    const whole: Described = { name: '', body: () => loaders[file]?.(), parts: [] }
    traces.askedBy(file)
    try {
      await described(whole)
    } catch (error) {
      const fail = () => {
        throw error
      }
      return [{ id: `${file}#is loaded`, name: 'is loaded', file, failsToLoad: true, run: fail }]
    }
    const tests: Test[] = []
    for (const { name, run } of testsOf(whole, [])) {
      if (leftOut.some((pattern) => pattern.test(name))) continue
      // Names may repeat, and the tests of a suite are in the same order every time.
      const id = `${file}#${name} (${tests.length})`
      const asking = () => {
        traces.askedBy(id)
        return run()
      }
      tests.push({ id, name, file, failsToLoad: false, run: asking })
    }
    return tests
  }
}

function* testsOf({ parts }: Described, trail: readonly string[]): Generator<{ name: string; run: () => unknown }> {
  for (const part of parts) {
    if ('body' in part) yield* testsOf(part, [...trail, part.name])
    else yield { name: [...trail, part.name].join(' '), run: part.run }
  }
}

/** One definition for each case: an array is its arguments, anything else the only one. */
function eachOf(define: Define): Each {
  return (cases) => (name, body, timeout_ms) => {
    for (const [index, values] of cases.entries()) {
      define(`${name} (${index})`, () => (Array.isArray(values) ? body(...values) : body(values)), timeout_ms)
    }
  }
}
