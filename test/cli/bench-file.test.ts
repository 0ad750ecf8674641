/** `pumpbench.yaml`: what would stand on every command line, said once. */
import { describe, expect, it } from 'vitest'
import { parseBenchFile } from '#scripts/bench-file'
import { emptyFolder } from './command.ts'
import { passing } from './scenarios.ts'

const folder = emptyFolder()

const told = (text: string) => {
  const parsed = parseBenchFile(text, 'pumpbench.yaml')
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

describe('the file', () => {
  it('may leave everything out but its schema', () => {
    expect(parseBenchFile('schema: pumpbench/bench@1\n', 'f')).toEqual({
      ok: true,
      bench: { rigs: new Map(), scenarios: [], requirements: undefined },
    })
  })

  it.each([
    ['no schema', 'rigs: {}\n', /schema/],
    ['another version', 'schema: pumpbench/bench@2\n', /^1:9: .*pumpbench\/bench@2.*write schema: pumpbench\/bench@1/],
    ['an unknown key', 'schema: pumpbench/bench@1\nrig: {}\n', /^2:1: .*"rig".*rigs/],
    ['a rig that is none', 'schema: pumpbench/bench@1\nrigs:\n  desk: ttyACM0\n', /^3:9: .*serial:PATH/],
    ['a name that is taken', 'schema: pumpbench/bench@1\nrigs:\n  avr: ideal\n', /^3:3: .*"avr" is no name for a rig/],
    ['a name that is a place', 'schema: pumpbench/bench@1\nrigs:\n  "a:b": avr\n', /^3:3: .*is no name/],
    ['no list', 'schema: pumpbench/bench@1\nscenarios: here\n', /^2:12: /],
    ['an empty list', 'schema: pumpbench/bench@1\nscenarios: []\n', /^2:12: no place is listed/],
    ['requirements that are no path', 'schema: pumpbench/bench@1\nrequirements: [a]\n', /^2:15: /],
    ['a list', '- a\n', /pumpbench\.yaml begins with "schema: pumpbench\/bench@1"/],
  ])('%s is a mistake with its place', (_what, text, message) => expect(told(text).join('\n')).toMatch(message))
})

const BENCH = 'schema: pumpbench/bench@1\nrigs: { mine: ideal }\nscenarios: [ours]\n'

describe('a command in its folder', () => {
  it('runs its scenarios where none are named, on a rig by its name', async () => {
    folder.write('pumpbench.yaml', BENCH)
    folder.write('ours/a.yaml', passing())
    expect(await folder.pumpbench('run', '--rig', 'mine', '--json', 'r.json')).toMatchObject({ status: 0 })
    expect(folder.result('r.json').runs.map(({ rig, file }) => [rig, file])).toEqual([['ideal', 'ours/a.yaml']])
    expect((await folder.pumpbench('validate')).stdout).toMatch(/^ours\/a\.yaml: valid/)
  })

  it('runs what is named instead, and takes the file itself for no scenario', async () => {
    folder.write('pumpbench.yaml', BENCH)
    folder.write('b.yaml', passing())
    const { status, stderr } = await folder.pumpbench('run', '.', '--rig', 'mine', '--quiet')
    expect([status, stderr]).toEqual([0, ''])
  })

  it('answers to its requirements', async () => {
    folder.write('pumpbench.yaml', `${BENCH}requirements: rules/ours.yaml\n`)
    folder.write('ours/a.yaml', passing())
    const { status, stderr } = await folder.pumpbench('run')
    expect(status).toBe(2)
    expect(stderr).toMatch(/rules\/ours\.yaml/)
    expect((await folder.pumpbench('run', '--no-requirements', '--quiet')).status).toBe(0)
  })

  it('is told where the file is wrong, and nothing runs', async () => {
    folder.write('pumpbench.yaml', 'schema: pumpbench/bench@1\nrigs: 3\n')
    folder.write('a.yaml', passing())
    const { status, stdout, stderr } = await folder.pumpbench('run', 'a.yaml')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^pumpbench\.yaml:2:7: /)
  })

  it('still needs paths without it', async () => {
    const { status, stderr } = await folder.pumpbench('run')
    expect(status).toBe(2)
    expect(stderr).toMatch(/missing required argument 'paths'/)
  })

  it('prints the JSON Schema of the file', async () => {
    const schema = JSON.parse((await folder.pumpbench('schema', 'bench')).stdout) as { properties: object }
    expect(Object.keys(schema.properties)).toEqual(['schema', 'rigs', 'scenarios', 'requirements'])
  })
})
