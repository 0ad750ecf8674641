/** `pumpbench explore` as a command: what it says of rigs and faults, and its report. */
import { describe, expect, it } from 'vitest'
import { exploreCommand } from '#scripts/commands/explore'
import { COMMAND, emptyFolder, ended } from './command.ts'

const folder = emptyFolder()

describe('pumpbench explore', () => {
  it.each([
    ['serial:', '--rig serial:: seeds are explored in virtual time, which no rig on a wire has; choose ideal or avr'],
    [
      'tcp:localhost:1',
      '--rig tcp:localhost:1: seeds are explored in virtual time, which no rig on a wire has; choose ideal or avr',
    ],
    ['avrr', 'explore --rig "avrr" is not known; this version has: avr, ideal'],
  ])('refuses the rig %s in one sentence that names only what it takes', async (rig, said) => {
    const { status, stderr } = await folder.here(() => exploreCommand({ rig, seeds: 1 }))
    expect([status, stderr]).toEqual([2, `${said}\n`])
    expect(folder.names()).toEqual([])
  })

  it('says which faults the rig has no line for, and draws them where there is one', async () => {
    const options = { seeds: 2, days: 1, jobs: 1, json: 'found.json' }
    const { status, stdout } = await folder.here(() => exploreCommand(options))
    expect(status).toBe(0)
    const undrawn = ['line-noise', 'line-mute', 'line-unplug']
    expect(stdout).toContain(`not drawn, for no line leads to ideal: ${undrawn.join(', ')}; --rig avr draws them`)
    expect(JSON.parse(folder.read('found.json')).not_drawn).toEqual(undrawn)
    const wired = await folder.here(() => exploreCommand({ ...options, rig: 'avr', faults: 'link', seeds: 1 }))
    expect(wired.status).toBe(0)
    expect(wired.stdout).not.toContain('not drawn')
    expect(JSON.parse(folder.read('found.json'))).toMatchObject({ rig: 'avr', groups: ['link'], not_drawn: [] })
  })

  it('explores a pump on a wire, one seed after another, and says what of it was looked at', async () => {
    const ours = `exec:"${process.execPath}" "${COMMAND}" serve --stdio`
    const args = ['explore', '--seeds', '2', '--days', '1', '--json', 'found.json', '--pump']
    const { status, stdout } = await ended(folder.start([...args, ours]))
    expect(status).toBe(0)
    expect(stdout).toContain('not looked at, for they are of our firmware: sites')
    const found = JSON.parse(folder.read('found.json'))
    expect(found).toMatchObject({ pump: ours, seeds: 2, violations: [], skipped: [], sites: [] })
    expect(found.invariants).toContain('obedience')
  })

  it.each([
    [{ pump: 'exec:./none' }, '--pump exec:./none: it cannot be asked what it can'],
    [{ pump: 'exec:./none', jobs: 2 }, '--jobs 2: a pump on a wire runs one scenario at a time'],
    [{ pump: 'modell' }, '--pump "modell" is not known; this version has: model, exec:COMMAND'],
  ])('refuses %j before a seed is drawn', async (options, said) => {
    const { status, stderr } = await folder.here(() => exploreCommand({ ...options, seeds: 1 }))
    expect(status).toBe(2)
    expect(stderr).toContain(said)
    expect(folder.names()).toEqual([])
  })

  it('refuses faults of a line that is not there', async () => {
    const { status, stderr } = await folder.here(() => exploreCommand({ faults: 'link,plants', seeds: 1 }))
    expect(status).toBe(2)
    expect(stderr).toContain('--faults link: no line leads to the rig ideal; take --rig avr')
    expect(stderr).toContain('--faults plants: choose of plant, power, memory, clock, programming, or none')
  })
})
