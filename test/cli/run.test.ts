import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkOf, emptyFolder, onlyRun, sha256, withoutCircumstances } from './command.ts'
import { failing, passing, undecidable } from './scenarios.ts'

const folder = emptyFolder()

describe('the exit status of a run', () => {
  it('is 0 when every verdict is pass', () => {
    folder.write('a.yaml', passing())
    const { status, stdout } = folder.process('run', 'a.yaml')
    expect(status).toBe(0)
    expect(stdout).toContain('1 run: 1 pass')
  })

  it('is 1 when the pump was told something else than was prescribed', () => {
    folder.write('a.yaml', failing())
    const { status, stdout } = folder.process('run', 'a.yaml')
    expect(status).toBe(1)
    expect(stdout).toContain('FAIL')
  })

  it('is 3 when a check could not be decided', () => {
    folder.write('a.yaml', undecidable())
    const { status } = folder.process('run', 'a.yaml', '--json', 'r.json')
    expect(status).toBe(3)
    expect(checkOf(onlyRun(folder.result('r.json')), 'windowed-flow')).toMatchObject({
      outcome: 'inconclusive',
      verdict: 'inconclusive',
      detail: expect.stringContaining('unresolvable'),
    })
  })

  it.each([
    [3, 'an inconclusive verdict before a pass', [passing(), undecidable()]],
    [1, 'a failed verdict before an inconclusive one', [undecidable(), failing(), passing()]],
  ])('is %i: %s', (expected, _, texts) => {
    for (const [n, text] of texts.entries()) folder.write(`s/${n}.yaml`, text)
    expect(folder.process('run', 's').status).toBe(expected)
  })

  it('is 0 when a check that must fail fails, and 1 when it passes', () => {
    const mustFail = ['{ check: tracking, within: 1 step, expect: fail }']
    folder.write('caught.yaml', failing('caught', mustFail))
    folder.write('missed.yaml', passing('missed').concat(`checks:\n  - ${mustFail[0]}\n`))
    expect(folder.process('run', 'caught.yaml', '--json', 'r.json').status).toBe(0)
    expect(onlyRun(folder.result('r.json'))).toMatchObject({ outcome: 'fail', verdict: 'pass' })
    expect(folder.process('run', 'missed.yaml').status).toBe(1)
  })
})

describe('what is run', () => {
  it('is every scenario of the folders and files given, in their order, each once', () => {
    folder.write('one/b.yaml', passing('b'))
    folder.write('one/a.yml', passing('a'))
    folder.write('one/deep/c.yaml', passing('c'))
    folder.write('one/notes.txt', 'no scenario')
    folder.write('z.yaml', passing('z'))
    expect(folder.process('run', 'z.yaml', 'one', 'one/b.yaml', '--json', 'r.json', '--quiet').status).toBe(0)
    expect(folder.result('r.json').runs.map(({ scenario }) => scenario)).toEqual(['z', 'a', 'b', 'c'])
  })

  it('takes a seed in place of that of the file', () => {
    folder.write('a.yaml', passing())
    for (const seed of [0, 4_294_967_295]) {
      expect(folder.process('run', 'a.yaml', '--seed', String(seed), '--json', 'r.json').status).toBe(0)
      expect(onlyRun(folder.result('r.json')).seed).toBe(seed)
    }
  })
})

describe('what is printed', () => {
  it('is with --json - one JSON text on standard output, of the shape that schema result describes', () => {
    folder.write('s/a.yaml', passing())
    folder.write('s/b.yaml', failing())
    const shape = z.fromJSONSchema(JSON.parse(folder.process('schema', 'result').stdout))
    const { status, stdout, stderr } = folder.process('run', 's', '--json', '-', '--html', 'r.html')
    expect(status).toBe(1)
    const result: unknown = JSON.parse(stdout)
    expect(shape.safeParse(result).error).toBeUndefined()
    expect(shape.safeParse({ ...(result as object), more: 1 }).success).toBe(false)
    expect(stderr).toContain('2 runs: 1 pass, 1 fail')
  })

  it('is with --quiet nothing at all', () => {
    folder.write('a.yaml', failing())
    expect(folder.process('run', 'a.yaml', '--quiet', '--json', 'r.json')).toEqual({
      status: 1,
      stdout: '',
      stderr: '',
    })
    const { status, stdout, stderr } = folder.process('run', 'a.yaml', '--quiet', '--json', '-')
    expect([status, stderr]).toEqual([1, ''])
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'pumpbench/result@1' })
  })

  it('is plain text where there is no terminal: no color, nothing written over', () => {
    folder.write('a.yaml', failing())
    const { stdout, stderr } = folder.process('run', 'a.yaml')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(stderr).toBe('running 1 of 1: failing, 2 d\n')
  })
})

describe('the same scenario run twice', () => {
  it('gives the same trace byte for byte, and results that differ in nothing but path, time and manifest', () => {
    folder.write('here/a.yaml', passing())
    folder.write('there/under/another.yml', passing())
    folder.process('run', 'here/a.yaml', '--trace', 'one.ndjson', '--json', 'one.json')
    folder.process('run', 'there', '--trace', 'two.ndjson', '--json', 'two.json')
    expect(folder.read('two.ndjson')).toBe(folder.read('one.ndjson'))
    const [one, two] = [onlyRun(folder.result('one.json')), onlyRun(folder.result('two.json'))]
    expect(withoutCircumstances(two)).toEqual(withoutCircumstances(one))
    expect(one.trace_sha256).toBe(sha256(folder.read('one.ndjson')))
    expect(one.file_sha256).toBe(sha256(passing()))
  })
})
