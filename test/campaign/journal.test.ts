/** The journal of a campaign: what a kill may do to it, and what it is never taken for. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Facts, type Journal, openJournal } from '#scripts/campaign/journal'

let home = ''
let path = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pumpbench-journal-'))
  path = join(home, 'j.ndjson')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const FACTS = { version: '1', seed: '7' }
const open = (facts: Facts = FACTS, campaign = 'run') => {
  const read = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return openJournal<string>({ path, option: '--journal', campaign, facts, read })
}
function opened(): Journal<string> {
  const found = open()
  if (!found.ok) throw new Error(found.problem)
  return found.journal
}
const problem = (...args: Parameters<typeof open>) => {
  const found = open(...args)
  return found.ok ? null : found.problem
}

/** A journal of these outcomes; its text. */
function written(outcomes: readonly string[]): string {
  const journal = opened()
  for (const [n, outcome] of outcomes.entries()) journal.add(`job ${n}`, outcome)
  journal.close()
  return readFileSync(path, 'utf8')
}

describe('a journal', () => {
  it('gives back what was kept, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 20 }), (outcomes) => {
        rmSync(path, { force: true })
        written(outcomes)
        const journal = opened()
        expect(journal.held).toBe(outcomes.length)
        expect(outcomes.map((_, n) => journal.get(`job ${n}`))).toEqual(outcomes)
        expect(journal.get('another')).toBeUndefined()
        journal.close()
      }),
      { numRuns: 30 },
    )
  })

  it('torn at any byte holds every whole line before it, and goes on from there to the same text', () => {
    const outcomes = ['one', 'zwölf', 'three']
    const whole = Buffer.from(written(outcomes))
    for (let length = 0; length <= whole.length; length += 1) {
      const left = whole.subarray(0, length)
      writeFileSync(path, left)
      const lines = left.toString('latin1').split('\n').length - 1
      const journal = opened()
      expect(journal.held).toBe(Math.max(0, lines - 1))
      for (const [n, outcome] of outcomes.entries()) {
        if (journal.get(`job ${n}`) === undefined) journal.add(`job ${n}`, outcome)
      }
      journal.close()
      expect(readFileSync(path).equals(whole)).toBe(true)
    }
  })

  it('throws away a last line that is none, and refuses one in the middle', () => {
    const text = written(['one', 'two'])
    writeFileSync(path, `${text}{"key":"job 2","outc\0\n`)
    const journal = opened()
    expect(journal.held).toBe(2)
    journal.close()
    expect(readFileSync(path, 'utf8')).toBe(text)
    const broken = text.replace('"one"', '"one')
    writeFileSync(path, broken)
    expect(problem()).toBe(`--journal ${path}: line 2 is not one of a journal; remove the file to begin anew`)
    expect(readFileSync(path, 'utf8')).toBe(broken)
  })

  it('is of one campaign and no other, and says what is different', () => {
    const text = written(['one'])
    expect(problem({ ...FACTS, seed: '8' })).toContain('another campaign (seed was 7, and is 8)')
    expect(problem({ version: '1' })).toContain('another campaign (seed was 7, and is not given)')
    expect(problem({ ...FACTS, rig: 'avr' })).toContain('another campaign (rig was not given, and is avr)')
    expect(problem(FACTS, 'matrix')).toContain('another campaign (of pumpbench run)')
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it.each(['a: scenario\n', '{"schema":"pumpbench/result@1"}\n'])('is not made of a file that is none: %j', (text) => {
    writeFileSync(path, text)
    expect(problem()).toContain('not the journal of a campaign')
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('is written by one process at a time, and the lock of one that is gone is none', () => {
    const journal = opened()
    expect(problem()).toContain(`process ${process.pid} is writing it`)
    journal.close()
    expect(existsSync(`${path}.lock`)).toBe(false)
    writeFileSync(`${path}.lock`, '2147483646\n')
    appendFileSync(path, '')
    opened().close()
  })
})
