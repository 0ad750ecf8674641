/**
 * The pump in C at the end of `--pump exec:`: it passes its part of the library, and with a mistake in it fails the checks that are
 * meant for it and no others. Skipped where there is no C compiler.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { C_PUMP, HAS_CC } from '../c-pump/c-pump.ts'
import { C_DEFECTS, type CDefect } from '../c-pump/defects.ts'
import { seeded } from '../defects/defect.ts'
import { emptyFolder } from './command.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const guide = readFileSync(join(C_PUMP, 'README.md'), 'utf8')

/** Beside those of the mistakes: what each shows stands in its first lines. */
const MORE = [
  'scenarios/field/injected-into-the-side-port.yaml',
  'scenarios/papers/002-tolerance/morphine-holiday.yaml',
  'scenarios/papers/001-simple-continuous/test-boluses.yaml',
  'scenarios/papers/001-simple-continuous/refills-and-increase.yaml',
  'scenarios/papers/001-simple-continuous/half-year-refilled.yaml',
  'scenarios/pump/clock-forward-in-spring.yaml',
  'scenarios/pump/bridge-to-weaker-skipped.yaml',
  'scenarios/field/restart-after-blockage.yaml',
  'scenarios/field/interrogated-at-every-phase.yaml',
]
const ITS_PART = [...new Set([...C_DEFECTS.map(({ scenario }) => scenario), ...MORE])]

/** A folder in which pumps are built; of one with a mistake only the file that has it is compiled again. */
class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'c-pump-'))
  readonly #modules = readdirSync(C_PUMP).filter((name) => name.endsWith('.c') && name !== 'avr.c')

  sound(): string {
    const sources = this.#modules.map((name) => join(C_PUMP, name))
    execFileSync('cc', ['-std=c99', '-O1', '-c', ...sources], { cwd: this.#folder })
    return this.#linked('sound', this.#modules)
  }

  /** After {@link sound}. */
  withDefect(defect: CDefect): string {
    const changed = `${defect.id}.c`
    writeFileSync(join(this.#folder, changed), seeded(defect, readFileSync(join(C_PUMP, defect.file), 'utf8')))
    execFileSync('cc', ['-std=c99', '-O1', '-I', C_PUMP, '-c', changed], { cwd: this.#folder })
    return this.#linked(defect.id, [...this.#modules.filter((name) => name !== defect.file), changed])
  }

  #linked(name: string, modules: readonly string[]): string {
    const program = join(this.#folder, name)
    execFileSync('cc', [...modules.map((module) => module.replace(/c$/, 'o')), '-o', program], { cwd: this.#folder })
    return program
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

describe.skipIf(!HAS_CC)('the pump in C at the end of a pipe', () => {
  const folder = emptyFolder()
  const workshop = new Workshop()
  let sound = ''

  beforeAll(() => {
    sound = workshop.sound()
  }, 60_000)

  afterAll(() => workshop.close())

  it('passes its part of the library', () => {
    const files = ITS_PART.map((file) => join(ROOT, file))
    const end = folder.process('run', ...files, '--pump', `exec:${sound}`, '--quiet', '--json', 'result.json')
    const { runs } = folder.result('result.json')
    const flaws = runs.flatMap(({ scenario, checks }) =>
      checks.filter(({ verdict }) => verdict !== 'pass').map(({ check, detail }) => `${scenario}: ${check}: ${detail}`),
    )
    expect(flaws).toStrictEqual([])
    expect(runs.map(({ verdict }) => verdict)).toStrictEqual(ITS_PART.map(() => 'pass'))
    expect(end.status).toBe(0)
  })

  it.each(C_DEFECTS)('$id fails the checks that are meant for it', (defect) => {
    const pump = workshop.withDefect(defect)
    const file = join(ROOT, defect.scenario)
    const end = folder.process('run', file, '--pump', `exec:${pump}`, '--quiet', '--json', 'result.json')
    expect(end.status).toBe(1)
    const [run] = folder.result('result.json').runs
    const failed = run?.checks.flatMap(({ check, verdict }) => (verdict === 'pass' ? [] : [`${check} ${verdict}`]))
    expect([...new Set(failed)]).toStrictEqual(defect.checks.map((check) => `${check} fail`))
  })

  it('has every mistake in its guide', () => {
    for (const { mistake, scenario, checks } of C_DEFECTS) {
      const name = scenario.split('/').at(-1)?.replace('.yaml', '')
      expect(guide).toContain(`| ${mistake} | \`${name}\` | ${checks.map((check) => `\`${check}\``).join(', ')} |\n`)
    }
  })
})
