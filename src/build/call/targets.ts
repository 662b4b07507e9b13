import { describedAs, type Dockerfile } from '../../dockerfile/index.ts';
import { goTable } from './go-table.ts';
import { base64, jsonLocation, type JsonLocation } from './source-json.ts';

interface Target {
  readonly name?: string;
  readonly default?: true;
  readonly description?: string;
  readonly base: string;
  readonly platform?: string;
  readonly location: JsonLocation;
}

/** `--call targets`: the stages of a file with what the comments above them say. */
export function targetsJson(dockerfile: Dockerfile): unknown {
  return { targets: targetsOf(dockerfile), sources: [base64(dockerfile.text)] };
}

/** The same for people. */
export function targetsText(dockerfile: Dockerfile): string {
  const rows = targetsOf(dockerfile).map(({ name = '', description = '', ...target }) => {
    const mark = target.default === true ? '(default)' : '';
    return [[name, mark].filter((word) => word !== '').join(' '), description];
  });
  return goTable([['TARGET', 'DESCRIPTION'], ...rows], 1);
}

function targetsOf({ stages }: Dockerfile): Target[] {
  return stages.map(({ from, index }) => {
    const { stageName, image, platform, range } = from;
    const description = stageName === undefined ? '' : describedAs(stageName, from);
    return {
      ...(stageName !== undefined && { name: stageName }),
      ...(index === stages.length - 1 && { default: true as const }),
      ...(description !== '' && { description }),
      base: image,
      ...(platform !== undefined && { platform }),
      location: jsonLocation(range),
    };
  });
}
