/**
 * The package as a stranger gets it: packed, installed into an empty project, its command run and its library compiled
 * against and called. What only works inside the checkout fails here.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What the library promises by name. A name that goes away or changes breaks its users: change this list knowingly. */
const FUNCTIONS = [
  'execute',
  'judge',
  'render',
  'definePump',
  'defineRig',
  'defineCheck',
  'parseScenario',
  'avrRig',
  'idealRig',
  'modelPump',
] as const

const TYPES = ['Pump', 'Rig', 'Scenario', 'Problem', 'Trace', 'Result', 'RunResult'] as const

/** A program of a user, compiled strictly against the published types and then run. */
const CONSUMER = `
import { ${[...FUNCTIONS, ...TYPES.map((name) => `type ${name}`)].join(', ')} } from 'pumpbench'

export type Used = [${TYPES.join(', ')}]
const exported: Record<string, object> = { ${FUNCTIONS.join(', ')} }
console.log(Object.entries(exported).filter(([, value]) => value !== undefined).map(([name]) => name).join(' '))
`

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    types: [],
    rootDir: '.',
  },
  files: ['consumer.ts'],
}

/** A test of a user, with the door for vitest: one that its pump meets, and one at whose end a refusal is left over. */
const SCENARIO = `
schema: pumpbench/scenario@1
name: stranger
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 2 d
prescription:
  - { at: 0 d, therapy: { mode: simple-continuous, dose: 50 ug/d } }
`
const TESTS = {
  'good.test.ts': `
import { expect, test } from 'pumpbench/vitest'

test('the dose reaches the patient', async ({ bench }) => {
  const run = await bench.run(\`${SCENARIO}\`)
  expect(bench.rig.name).toBe('ideal')
  expect(run).toTrack()
  expect(run).toDeliver({ within: '2 %', at: 'tip' })
  expect(run).not.toRaise('motor-stall', { by: '2 d' })
})
`,
  'wire.test.ts': `
import { definePump, modelPump } from 'pumpbench'
import { benchTest, expect, test } from 'pumpbench/vitest'

test('the dose reaches the patient', async ({ bench }) => {
  const run = await bench.run(\`${SCENARIO}\`)
  expect(bench.pump.name).toMatch(/^exec:/)
  expect(run).toPass()
})

const small = benchTest({ pump: definePump({ ...modelPump, name: 'small', lacks: () => 'the pump does not have it' }) })

small('shows nothing of a pump that cannot', async ({ bench }) => {
  expect(await bench.run(\`${SCENARIO}\`)).toPass()
})
`,
  'bad.test.ts': `
import { expect, test } from 'pumpbench/vitest'

test('what is refused is not looked at', async ({ bench }) => {
  const run = await bench.run(\`${SCENARIO}  - { at: 1 d, therapy: { mode: simple-continuous, dose: 1 ug/d } }\`)
  expect(run).toTrack({ to: '1 d' })
})

test('the demand is not met', async ({ bench }) => {
  const run = await bench.run(\`${SCENARIO}faults: [{ at: 12 h, fault: motor-stall, for: 6 h }]\`)
  expect(run).toTrack()
})
`,
}

let folder = ''
let project = ''
let packed: readonly string[] = []

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(program: string, args: readonly string[], cwd: string): Ended {
  // Started by npm itself, a test inherits what npm says about our package; the stranger has a package of his own.
  const ours = /^npm_(?:package_|lifecycle_|config_local_prefix$)/
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !ours.test(key)))
  return spawnSync(program, args, { cwd, env, encoding: 'utf8' })
}

function must(ended: Ended): string {
  if (ended.status !== 0) throw new Error(`exit status ${ended.status}\n${ended.stdout}\n${ended.stderr}`)
  return ended.stdout
}

/** npm is a script without an extension or a .cmd, so it is run by node where its path is known. */
function npm(args: readonly string[], cwd: string): Ended {
  const script = process.env['npm_execpath']
  if (script !== undefined) return start(process.execPath, [script, ...args], cwd)
  if (process.platform === 'win32') return start('cmd', ['/c', 'npm', ...args], cwd)
  return start('npm', args, cwd)
}

function pumpbench(...args: string[]): Ended {
  return npm(['exec', '--no', '--', 'pumpbench', ...args], project)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumpbench-package-'))
  project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }))

  // The bundle was built just before this suite; building it again here would pull it from under other suites.
  const report = must(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT))
  const entry = firstEntry(JSON.parse(report))
  packed = entry.files.map(({ path }) => path)
  const tarball = join(folder, entry.filename)
  must(npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball], project))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('holds the bundle, the scenarios and the pages, and no source or test', () => {
    expect(packed).toEqual(expect.arrayContaining(['dist/pumpbench.js', 'dist/index.js', 'dist/index.d.ts', 'LICENSE']))
    expect(packed.filter((path) => /^scenarios\/.*\.yaml$/.test(path))).not.toEqual([])
    expect(
      packed.filter(
        (path) => !/^(?:dist|scenarios|docs)\/|^[A-Z]+(?:\.md)?$|^(?:package\.json|requirements\.yaml)$/.test(path),
      ),
    ).toEqual([])
  })

  it('gives the pumpbench command', () => {
    expect(must(pumpbench('--help'))).toContain('Usage: pumpbench')
    expect(must(pumpbench('--version')).trim()).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('runs a scenario that comes with it', () => {
    const library = join(project, 'node_modules/pumpbench/scenarios')
    const scenario = readdirSync(library, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yaml'))
      .sort()
      .at(0)
    expect(scenario).toBeDefined()
    const ended = pumpbench('run', join(library, scenario ?? ''), '--rig', 'ideal', '--json', '-')
    const result = JSON.parse(must(ended)) as { schema: string; runs: { verdict: string }[] }
    expect(result.schema).toBe('pumpbench/result@1')
    expect(result.runs.map((run) => run.verdict)).toEqual(['pass'])
  })

  it('is a library with types', () => {
    writeFileSync(join(project, 'consumer.ts'), CONSUMER)
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    must(start(process.execPath, [join(ROOT, ['node_modules', 'typescript', 'bin', 'tsc'].join(sep))], project))
    expect(must(start(process.execPath, ['consumer.js'], project)).trim()).toBe(FUNCTIONS.join(' '))
  })
})

describe('its door for vitest', () => {
  const vitest = (args: readonly string[], pump = 'model') => {
    process.env['PUMPBENCH_RIG'] = 'ideal'
    process.env['PUMPBENCH_PUMP'] = pump
    try {
      return start(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...args], project)
    } finally {
      delete process.env['PUMPBENCH_RIG']
      delete process.env['PUMPBENCH_PUMP']
    }
  }

  beforeAll(() => {
    // The stranger has a vitest of his own; ours stands in, because nothing may be fetched here.
    symlinkSync(join(ROOT, 'node_modules/vitest'), join(project, 'node_modules/vitest'), 'junction')
    for (const [name, text] of Object.entries(TESTS)) writeFileSync(join(project, name), text)
  })

  it('is not needed by anything else', () => {
    for (const entry of ['index.js', 'pumpbench.js', 'worker.js']) expect(importsOf(entry)).not.toContain('vitest')
    expect(importsOf('vitest.js')).toContain('vitest')
  })

  it('has types', () => {
    const compilerOptions = { ...TSCONFIG.compilerOptions, noEmit: true, skipLibCheck: true }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(TESTS) }))
    const tsc = () => start(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc')], project)
    must(tsc())
    const name = 'good.test.ts'
    writeFileSync(join(project, name), TESTS[name].replace("'motor-stall'", "'motor-stal'"))
    expect(tsc().stdout).toContain('"motor-stal"')
    writeFileSync(join(project, name), TESTS[name])
  })

  it('runs a test', () => {
    expect(must(vitest(['good.test.ts']))).toMatch(/1 passed/)
  })

  it('runs it with a pump of one’s own, and skips with the reason what that cannot', () => {
    const command = join(project, 'node_modules/pumpbench/dist/pumpbench.js')
    const pump = `exec:"${process.execPath}" "${command}" serve --stdio`
    const said = must(vitest(['wire.test.ts', '--reporter', 'verbose'], pump))
    expect(said).toMatch(/1 passed.*1 skipped/)
    expect(said).toContain('stranger was not run: the pump does not have it')
  })

  it('fails a test whose demand is not met, and one that leaves a refusal over', () => {
    const { status, stdout, stderr } = vitest(['bad.test.ts'])
    expect([status, stdout]).toEqual([1, expect.stringMatching(/2 failed/)])
    expect(stdout + stderr).toContain('stranger: no-refusal: fail: the pump refused')
    expect(stdout + stderr).toContain('parted: prescribed volume and delivered volume')
  })
})

/** What a file of the installed bundle imports, with the files of the bundle that it imports in turn. */
function importsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const text = readFileSync(join(project, 'node_modules/pumpbench/dist', file), 'utf8')
  const found = [...text.matchAll(/(?:from|import\(|^import)\s*["']([^"'\n]+)["']/gm)].map(([, name]) => name ?? '')
  return found.flatMap((name) => (name.startsWith('./') ? importsOf(name.slice(2), seen) : [name]))
}

interface PackEntry {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** `npm pack --json` prints a list up to npm 11 and an object by package name from 12 on. */
function firstEntry(report: unknown): PackEntry {
  const entries = Object.values(report as Record<string, PackEntry>)
  const entry = entries[0]
  if (entry === undefined) throw new Error('npm pack reported no package')
  return entry
}
