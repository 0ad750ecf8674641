/** A fault of the line, as a user asks for it. */
import { expect, it } from 'vitest'
import { draft, therapy } from '../support/scenario.ts'
import { emptyFolder } from './command.ts'

const folder = emptyFolder()

it('is refused where no line leads to the rig, before anything runs, and runs where one does', async () => {
  const faults = ['{ at: 20 min, fault: line-mute, for: 1 s }']
  folder.write('mute.yaml', draft({ duration: '30 min', prescription: [therapy('0 d', '400 ug/d')], faults }))
  const refused = await folder.pumpbench('run', 'mute.yaml', '--rig', 'ideal', '--trace', 'a.ndjson')
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain('mute.yaml: the rig ideal cannot carry the fault line-mute: no line leads to it')
  expect(refused.stderr).toContain('nothing was run')
  expect(folder.names()).toEqual(['mute.yaml'])
  expect((await folder.pumpbench('run', 'mute.yaml', '--rig', 'avr')).status).toBe(0)
})
