/** The dependency rules, shown to catch what they forbid: a small house in which every rule is broken once. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Each file of the house with what it imports. A plain import is of a value, `type` of a type. */
const HOUSE: Readonly<Record<string, string>> = {
  'units/rational.ts': "import type { A } from '#firmware-sim/allowed'\nexport const x = 1 as unknown as A",
  'protocol/frame.ts': "import '#firmware-sim/allowed'\nexport const x = 1",
  'firmware-sim/allowed.ts': "import { y } from '#units/quantity'\nexport type A = typeof y",
  'firmware-sim/peeks.ts': "import type { Scenario } from '#hil/scenario/types'\nexport type B = Scenario",
  'firmware-sim/reads.ts': "import { readFileSync } from 'node:fs'\nexport const z = readFileSync",
  'hil/scenario/types.ts': 'export type Scenario = 1',
  'hil/scenario/load.ts': "import { parse } from 'shipped'\nexport const load = parse",
  'hil/oracle/allowed.ts':
    "import { y } from '#units/quantity'\nimport type { Scenario } from '#hil/scenario/types'\nexport type C = [typeof y, Scenario]",
  'hil/oracle/borrows.ts': "import type { A } from '#firmware-sim/allowed'\nexport type D = A",
  'hil/oracle/reads.ts': "import { load } from '#hil/scenario/load'\nexport const e = load",
  'hil/run/cycle-a.ts': "import { b } from '#hil/run/cycle-b'\nexport const a: number = b",
  'hil/run/cycle-b.ts': "import { a } from '#hil/run/cycle-a'\nexport const b: number = a",
  'hil/run/digest.ts': "import { createHash } from 'node:crypto'\nexport const digest = createHash",
  'hil/rig/serial.ts': "import { open } from 'node:fs/promises'\nexport const port = open",
  'hil/rig/ideal.ts': "import { test } from 'tester'\nexport const f = test",
  'hil/rig/starts.ts': "import '#scripts/start'\nexport const g = 1",
  'hil/rig/tests.ts': "import '../../test/some.ts'\nexport const h = 1",
  'hil/rig/lost.ts': "import '#units/gone'\nexport const i = 1",
  'scripts/start.ts': "import '#hil/run/digest'\nexport const j = 1",
  'test/some.ts': "import '#hil/run/digest'\nimport 'tester'\nexport const k = 1",
  'units/quantity.ts': 'export const y = 1',
}

const VIOLATIONS: readonly (readonly [file: string, rule: string])[] = [
  ['firmware-sim/peeks.ts', 'only-the-bench-sees-the-bench'],
  ['firmware-sim/peeks.ts', 'pump-sees-units-only'],
  ['firmware-sim/reads.ts', 'sans-io'],
  ['hil/oracle/borrows.ts', 'oracle-is-independent'],
  ['hil/oracle/reads.ts', 'oracle-is-independent'],
  ['hil/rig/ideal.ts', 'no-dev-dependencies-in-production'],
  ['hil/rig/lost.ts', 'everything-resolves'],
  ['hil/rig/starts.ts', 'nothing-sees-the-entry-points'],
  ['hil/rig/tests.ts', 'nothing-sees-the-tests'],
  ['hil/run/cycle-a.ts', 'no-cycles'],
  ['protocol/frame.ts', 'protocol-sees-units-only'],
  ['units/rational.ts', 'units-stand-alone'],
]

let found: readonly string[] = []
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumpbench-house-'))
  for (const [path, text] of Object.entries({ ...HOUSE, ...SURROUNDINGS })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${text}\n`)
  }
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = join(ROOT, '.dependency-cruiser.mjs')
  const args = [cruiser, '--config', config, '--output-type', 'json', '.']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser did not report: ${stderr}`)
  const report = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] }
  }
  found = report.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`)
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the dependency rules', () => {
  it.each(VIOLATIONS)('catch %s: %s', (file, rule) => {
    expect(found).toContain(`${file}: ${rule}`)
  })

  it('catch nothing else', () => {
    expect([...found].sort()).toEqual(VIOLATIONS.map(([file, rule]) => `${file}: ${rule}`).sort())
  })
})

/** What makes the folder a package: the same aliases, one dependency that ships and one that does not. */
const SURROUNDINGS: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'house',
    type: 'module',
    imports: Object.fromEntries(
      ['units', 'protocol', 'firmware-sim', 'hil', 'scripts'].map((room) => [`#${room}/*`, `./${room}/*.ts`]),
    ),
    dependencies: { shipped: '1.0.0' },
    devDependencies: { tester: '1.0.0' },
  }),
  'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext', allowImportingTsExtensions: true } }),
  'node_modules/shipped/package.json': JSON.stringify({ name: 'shipped', version: '1.0.0', main: 'index.js' }),
  'node_modules/shipped/index.js': 'exports.parse = 1',
  'node_modules/tester/package.json': JSON.stringify({ name: 'tester', version: '1.0.0', main: 'index.js' }),
  'node_modules/tester/index.js': 'exports.test = 1',
}
