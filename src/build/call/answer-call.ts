import type { BuildContext } from '../../context/index.ts';
import { locationOf, type Dockerfile, type LintWarning } from '../../dockerfile/index.ts';
import { toBuildError } from '../../errors/index.ts';
import {
  checkDefaultBases,
  checkPlan,
  outlineOf,
  planAllStages,
  planBuild,
  type BaseImage,
  type BaseImages,
  type Plan,
} from '../../plan/index.ts';
import type { BuildSpec, CallAnswer, CallChoice } from '../../request/index.ts';
import { ignoredSources } from '../checks/context-rules.ts';
import { readAndParse } from '../checks/read-checked.ts';
import { messageOf } from '../checks/report-warnings.ts';
import { checkJson, checkText, type CheckResult } from './check.ts';
import { outlineJson, outlineText } from './outline.ts';
import { targetsJson, targetsText } from './targets.ts';
import { tolerantImages } from './tolerant-images.ts';

/** What a question about a build needs of the world. */
export interface CallPorts {
  readonly images: BaseImages;
  readonly context: BuildContext;
  /** Tells what was left out. */
  say(message: string): void;
}

/**
 * Answers a question about a build without building: registries are asked for nothing but the configs of base images,
 * and do not need to answer. Throws what a build would throw before its first step; `check` tells of that in its answer.
 */
export async function answerCall(spec: BuildSpec, call: CallChoice, ports: CallPorts): Promise<CallAnswer> {
  const dockerfile = readAndParse(spec);
  const isJson = call.format === 'json';
  switch (call.method) {
    case 'targets':
      return answer(isJson ? targetsJson(dockerfile) : targetsText(dockerfile));
    case 'outline': {
      const images = tolerantImages(ports.images, () => undefined);
      const plan = await planBuild(dockerfile, spec, images);
      const outline = outlineOf(plan, spec);
      return answer(isJson ? outlineJson(plan, outline) : outlineText(plan, outline));
    }
    case 'check': {
      const result = await check(dockerfile, spec, ports);
      const failed = result.warnings.length > 0 || result.error !== undefined;
      const status = failed && !call.ignoreStatus ? 1 : 0;
      const warnings = result.warnings.map((warning) => ({
        message: messageOf(warning),
        location: locationOf(dockerfile, warning.range),
      }));
      return { ...answer(isJson ? checkJson(result) : checkText(result)), status, warnings };
    }
  }
}

function answer(content: unknown): CallAnswer {
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  return { text, status: 0, warnings: [] };
}

/** Of all stages, or of those the target needs where one is named. */
async function check(dockerfile: Dockerfile, spec: BuildSpec, ports: CallPorts): Promise<CheckResult> {
  const unknownBases = new Set<BaseImage>();
  const images = tolerantImages(ports.images, (image, reference, error) => {
    unknownBases.add(image);
    const { message } = toBuildError(error);
    ports.say(`the base image ${reference} is not looked at: ${message}`);
  });
  const early = [...dockerfile.warnings, ...checkDefaultBases(dockerfile, spec)];
  let plan: Plan;
  try {
    plan = await (spec.target === undefined
      ? planAllStages(dockerfile, spec, images)
      : planBuild(dockerfile, spec, images));
  } catch (error) {
    return { dockerfile, warnings: inOrder(early), error };
  }
  const checked = checkPlan(plan, { spec, isIgnored: ignoredSources(ports.context), unknownBases });
  return { dockerfile, warnings: inOrder([...early, ...checked.warnings]), error: checked.error };
}

function inOrder(warnings: readonly LintWarning[]): LintWarning[] {
  return [...warnings].sort((a, b) => a.range.startLine - b.range.startLine);
}
