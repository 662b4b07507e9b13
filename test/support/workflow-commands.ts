/**
 * What the GitHub runner takes for a command in a chunk of log, told as its source does it: lines end at any of CR, LF and
 * CRLF; `::name …::` counts after leading white space, `##[name …]` anywhere. Its searches compare by the rules of a
 * culture, which do not see control and format characters.
 */
export function workflowCommands(log: string): string[] {
  return log
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?![\t\v\f])\p{Cc}/gu, ''))
    .filter((line) => line.trimStart().startsWith('::') || line.includes('##['));
}

/** Text that does harm where the runner obeys it, some only once a reporter has taken escape sequences out of it. */
export const COMMAND_PAYLOADS: readonly string[] = [
  '::set-output name=x::y',
  '::set-env name=NODE_OPTIONS::--require=/tmp/x',
  '::add-path::/tmp',
  '::save-state name=a::b',
  '::add-mask::a',
  '::stop-commands::tok',
  '::tok::',
  '::error file=a,line=1::x',
  '::debug::x',
  '::group::x',
  '::endgroup::',
  '::add-matcher::/tmp/m.json',
  '::echo::on',
  '##[set-output name=x;]y',
  'text ##[add-mask]a',
  '   ::add-mask::a',
  '\t\t::add-mask::a',
  'progress\r::add-mask::a',
  'a\n::add-mask::a',
  '\u2028::add-mask::a',
  '\u00a0::add-mask::a',
  '\u200b::add-mask::a',
  ':\u200b:add-mask::a',
  '\u00ad::add-mask::a',
  '#\u200b#[add-mask]a',
  '##\u2060[add-mask]a',
  '\0::add-mask::a',
  '\x1b[31m::add-mask::a',
  '\x1b]0;t\x07::add-mask::a',
  '#\x1b[0m#[add-mask]a',
  '####[add-mask]a',
  '::%0A::add-mask::a',
  '\ufeff::add-mask::a',
  '\u202e::add-mask::a',
];
