/** The first record of a trace: everything a judge needs that is not an observation. */
import type { HeaderRecord } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'

/** What ran the scenario. */
type Equipment = Pick<HeaderRecord, 'pump' | 'rig' | 'rig_identity' | 'provenance' | 'speed' | 'calibration'>

export function headerOf({ name, seed, origin, pump }: Scenario, equipment: Equipment): HeaderRecord {
  return {
    kind: 'header',
    schema: 'pumpbench/trace@1',
    scenario: name,
    pump: equipment.pump,
    rig: equipment.rig,
    rig_identity: equipment.rig_identity,
    provenance: equipment.provenance,
    ...(equipment.speed === undefined ? {} : { speed: equipment.speed }),
    ...(equipment.calibration === undefined ? {} : { calibration: equipment.calibration }),
    seed,
    file_sha256: origin.sha256,
    text: origin.text,
    model: { name: pump.name, ...origin.modelFigures },
  }
}
