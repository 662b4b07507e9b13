import { LINT_RULES, lintWarning, type LintWarning } from '../../dockerfile/index.ts';
import { formatPlatform } from '../../oci/index.ts';
import type { PlannedStage } from '../planned-stage.ts';
import type { StageScope } from './stage-scope.ts';

/** InvalidBaseImagePlatform: the registry had no image for the platform of the stage and gave another one. */
export function checkBasePlatform(stage: PlannedStage, { baseUnknown }: StageScope): LintWarning[] {
  const { base, from, platform } = stage;
  if (base.kind !== 'image' || from === undefined || baseUnknown) return [];
  const { os, architecture, variant } = base.image.config;
  const isFilesystem = base.image.layers.length > 0;
  if (!isFilesystem || (os === platform.os && architecture === platform.architecture)) return [];
  const actual = formatPlatform({ os, architecture, ...(variant !== undefined && { variant }) });
  const expected = formatPlatform(platform);
  return [lintWarning(LINT_RULES.invalidBaseImagePlatform, from, from.image, expected, actual)];
}
