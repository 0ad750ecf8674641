/** The committed test programs are what their sources compile to. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { PROGRAMS } from './support/machine.ts'

const FOLDER = fileURLToPath(PROGRAMS)
/** Another compiler makes other code. */
const COMPILER = { name: 'avr-gcc', version: '5.4.0' }

const found = spawnSync(COMPILER.name, ['-dumpversion'], { encoding: 'utf8' })
const version = found.error === undefined ? found.stdout.trim() : 'none'
const demanded = (process.env['CI'] ?? '') !== ''

/** A checkout may end lines otherwise than the compiler does. */
const linesOf = (path: string) => readFileSync(path, 'utf8').split(/\r?\n/)

describe('the test programs', () => {
  it('each have their machine code', () => {
    const ending = (end: string) =>
      readdirSync(FOLDER)
        .filter((name) => name.endsWith(end))
        .map((name) => name.slice(0, -end.length))
    expect(ending('.hex')).toEqual(ending('.c'))
  })

  it.skipIf(version !== COMPILER.version && !demanded)(
    `are built by avr-gcc ${COMPILER.version}, byte for byte (found: ${version})`,
    () => {
      expect(version).toBe(COMPILER.version)
      const folder = mkdtempSync(join(tmpdir(), 'pumpbench-programs-'))
      try {
        execFileSync('sh', [join(FOLDER, 'build.sh'), folder])
        const built = readdirSync(folder)
        expect(built.length).toBeGreaterThan(10)
        for (const name of built) expect(linesOf(join(folder, name)), name).toEqual(linesOf(join(FOLDER, name)))
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
