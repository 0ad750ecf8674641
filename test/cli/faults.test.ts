import { describe, expect, it } from 'vitest'
import { faults } from '#scripts/commands/faults'
import { emptyFolder } from './command.ts'

const folder = emptyFolder()

describe('pumpbench faults', () => {
  it('lists every entry, each with who should notice', async () => {
    const { status, stdout } = await folder.here(() => faults(undefined, {}))
    expect(status).toBe(0)
    expect(stdout).toContain('motor-stall-permanent  plant, first noticed by: alarmed')
    expect(stdout).toContain('catheter-rupture  plant, first noticed by: dose-check')
  })

  it('shows one, with its figures, its source and the rigs that carry it', async () => {
    const { stdout } = await folder.here(() => faults('motor-reverse', {}))
    for (const line of ['figures:', 'known from: Generic', 'first noticed by: alarmed', 'rigs: ideal, avr'])
      expect(stdout).toContain(line)
  })

  it('says what was meant by a misspelled name', async () => {
    const { status, stderr } = await folder.here(() => faults('pocket-fil', {}))
    expect([status, stderr]).toEqual([
      2,
      'there is no fault "pocket-fil"; "pumpbench faults" lists them; did you mean "pocket-fill"?\n',
    ])
  })

  it('writes the entries as JSON, to a file or to standard output', async () => {
    expect((await folder.here(() => faults(undefined, { json: 'all.json' }))).status).toBe(0)
    const all = JSON.parse(folder.read('all.json'))
    expect(all.schema).toBe('pumpbench/faults@1')
    expect(all.faults.length).toBeGreaterThan(60)
    expect(folder.names()).toEqual(['all.json'])
    const one = await folder.here(() => faults('septum-leak', { json: '-' }))
    expect(JSON.parse(one.stdout).faults.map(({ name }: { name: string }) => name)).toEqual(['septum-leak'])
  })
})
