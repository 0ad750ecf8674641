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
export type Load = (file: string) => readonly Test[]

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

/** Bundles suites, named by their paths from the folder, without the tests whose names match. */
export async function bundled(
  folder: string,
  files: readonly string[],
  leftOut: readonly RegExp[] = [],
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
    plugins: [placed],
    logLevel: 'error',
  })
  const [bundle] = outputFiles
  if (bundle === undefined) throw new Error('the suites were bundled into nothing')
  const script = new Script(`(function (require, module) {${bundle.text}\n})`, { filename: join(folder, 'suites.cjs') })
  const evaluate = script.runInThisContext() as (load: (name: string) => unknown, module: { exports: unknown }) => void
  const loadPackage = createRequire(join(folder, 'package.json'))
  return { files, fresh: () => loading(evaluate, loadPackage, leftOut) }
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

function loading(
  evaluate: (load: (name: string) => unknown, module: { exports: unknown }) => void,
  loadPackage: (name: string) => unknown,
  leftOut: readonly RegExp[],
): Load {
  let [file, tests] = ['', [] as Test[]]
  const trail: string[] = []
  const add = (name: string, run: () => unknown, failsToLoad = false) => {
    const whole = [...trail, name].join(' ')
    if (leftOut.some((pattern) => pattern.test(whole))) return
    // Names may repeat, and the tests of a suite are in the same order every time.
    tests.push({ id: `${file}#${whole} (${tests.length})`, name: whole, file, failsToLoad, run })
  }
  const it: Define = (name, body, timeout_ms) => {
    // What asks for more time than others has no place here.
    if (timeout_ms === undefined) add(name, body)
  }
  const describe: Define = (name, body) => {
    trail.push(name)
    body()
    trail.pop()
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
  return (wanted) => {
    ;[file, tests] = [wanted, []]
    trail.length = 0
    try {
      loaders[wanted]?.()
    } catch (error) {
      const fail = () => {
        throw error
      }
      add('is loaded', fail, true)
    }
    return tests
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
