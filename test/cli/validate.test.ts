import { readdirSync, realpathSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { changed, MINIMAL } from '../scenario/minimal.ts'
import { checkOf, emptyFolder, LIBRARY, onlyRun } from './command.ts'
import { undeliverable } from './scenarios.ts'

const folder = emptyFolder()

describe('validate', () => {
  it('says of a good file that it is, and writes nothing', async () => {
    folder.write('a.yaml', MINIMAL)
    expect(await folder.pumpbench('validate', 'a.yaml')).toEqual({
      status: 0,
      stdout: 'a.yaml: valid: a-name, 7 d, 1 checks\n',
      stderr: '',
    })
    expect(folder.names()).toEqual(['a.yaml'])
  })

  it('takes folders, and finds nothing wrong with the library', async () => {
    const { status, stdout, stderr } = await folder.pumpbench('validate', LIBRARY)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.match(/: valid: /g)?.length).toBeGreaterThan(3)
  })

  it('names every mistake of every file, and the good ones as well', async () => {
    folder.write('s/a.yaml', changed('7 d', '7').replace('500 ug/mL', '500'))
    folder.write('s/b.yaml', '')
    folder.write('s/c.yaml', changed('a-name', 'c'))
    const { status, stdout, stderr } = await folder.pumpbench('validate', 's')
    expect(status).toBe(2)
    expect(stdout).toContain('s/c.yaml: valid: c')
    for (const place of ['s/a.yaml:4:40: ', 's/a.yaml:6:11: ', 's/b.yaml:1:1: ']) expect(stderr).toContain(place)
    expect(stderr).toContain('3 problems')
  })
})

describe('a therapy that the pump cannot deliver', () => {
  it('is a warning of validate, because such prescriptions are written', async () => {
    folder.write('a.yaml', undeliverable())
    const { status, stdout } = await folder.pumpbench('validate', 'a.yaml')
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^a\.yaml: warning: at 0 s the pump will refuse "simple-continuous 0\.01 mL\/d": .*48 uL\/d/m,
    )
  })

  it('is refused in the run, which fails', async () => {
    folder.write('a.yaml', undeliverable())
    expect((await folder.pumpbench('run', 'a.yaml', '--json', 'r.json')).status).toBe(1)
    const run = onlyRun(folder.result('r.json'))
    expect(run.events).toContainEqual(expect.objectContaining({ t_s: 0, event: 'programming-refused' }))
    expect(checkOf(run, 'no-refusal')).toMatchObject({ verdict: 'fail', at_s: 0 })
    expect(run.delivered.steps).toBe(0)
  })

  it('is as it should be where the scenario expects the refusal', async () => {
    folder.write('a.yaml', undeliverable(['{ check: refused, at: 0 d }']))
    expect((await folder.pumpbench('run', 'a.yaml', '--json', 'r.json')).status).toBe(0)
    const run = onlyRun(folder.result('r.json'))
    expect(run.events).toContainEqual(expect.objectContaining({ t_s: 0, event: 'programming-refused' }))
    expect(checkOf(run, 'refused').verdict).toBe('pass')
  })
})

describe('list', () => {
  it('names every scenario that comes along, with a path that can be run', async () => {
    const { status, stdout, stderr } = await folder.pumpbench('list')
    expect([status, stderr]).toEqual([0, ''])
    const paths = stdout.split('\n').flatMap((line) => /^ {2}(\S.*\.ya?ml)$/.exec(line)?.[1] ?? [])
    const files = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
    expect(paths.map((path) => relative(LIBRARY, resolve(realpathSync(folder.path), path))).toSorted()).toEqual(
      files.toSorted(),
    )
    expect((await folder.pumpbench('validate', paths[0] ?? '')).status).toBe(0)
  })
})

describe('schema', () => {
  it('is a JSON Schema of scenario files, which have the keys that it has', async () => {
    const { status, stdout, stderr } = await folder.pumpbench('schema')
    expect([status, stderr]).toEqual([0, ''])
    expect((await folder.pumpbench('schema', 'scenario')).stdout).toBe(stdout)
    const schema = JSON.parse(stdout) as { $schema: string; properties: object; required: string[] }
    expect(schema.$schema).toContain('json-schema.org')
    expect(schema.required.toSorted()).toEqual(
      ['schema', 'name', 'pump', 'fill', 'clock', 'duration', 'prescription'].sort(),
    )
    for (const key of MINIMAL.matchAll(/^\w+/gm)) expect(schema.properties).toHaveProperty(key[0])
  })

  it('is a JSON Schema of results', async () => {
    const { status, stdout } = await folder.pumpbench('schema', 'result')
    expect(status).toBe(0)
    expect(() => z.fromJSONSchema(JSON.parse(stdout))).not.toThrow()
  })

  it('is a mistake of anything else', async () => {
    const { status, stdout, stderr } = await folder.pumpbench('schema', '__proto__')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('choose one of: scenario, rig, result, matrix, trace, manifest')
  })
})
