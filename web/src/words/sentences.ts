/**
 * Sentences of the server that a Chinese page says in Chinese. Braces hold what changes; it is carried over as it is,
 * but {told} is a sentence of its own, known here too.
 */

import type { Language } from "./language";
import { fill } from "./words";

const KNOWN: readonly (readonly [english: string, chinese: string])[] = [
  // What is said about an answer.
  ["{pattern} is no regular expression (RE2), so it matches nothing.", "{pattern} 不是有效的正则表达式（RE2），不匹配任何内容。"],
  ["Robots are left out.", "不含机器人流量。"],
  ["Events that may not be used for analytics are left out.", "不含未授权用于分析的事件。"],
  ["Inferred events are left out.", "不含推断的事件。"],
  ["Inferred events are included.", "包含推断的事件。"],
  ["Profiles, tags and segments are taken as they are now.", "客户属性、标签和分群均取当前值。"],
  ["The values of tags are still being copied: some may be missing.", "标签值仍在同步，可能不完整。"],
  ["Tags and segments have everything up to {time}.", "标签与分群的数据截至 {time}。"],
  ["Answered before; nothing that the answer depends on has changed since.", "沿用此前的答案，其所依据的数据没有变化。"],
  // What came of a message to a receiver, and what it says.
  ["answered {status}", "对方返回状态 {status}"],
  ["{host} did not answer: {why}", "{host} 没有应答（{why}）"],
  ["{why}: the receiver is gone.", "接收方已不存在（{why}）。"],
  ["{host} is not a public address, and the operator has not allowed it.", "{host} 不是公网地址，运维人员也未允许访问。"],
  ["mail is off: the operator has set no mail server.", "邮件未启用：尚未配置邮件服务器。"],
  ["this is a test: notices of zuji reach you here. {chinese}", "{chinese}"],
  ["the alert {name} fires: {figure} is {value} (above {least})", "告警“{name}”触发：当前值 {value}，高于 {least}"],
  ["the alert {name} fires: {figure} is {value} (below {most})", "告警“{name}”触发：当前值 {value}，低于 {most}"],
  ["the alert {name} fires: {figure} is {value} (change up percent {n})", "告警“{name}”触发：当前值 {value}，上升超过 {n}%"],
  ["the alert {name} fires: {figure} is {value} (change down percent {n})", "告警“{name}”触发：当前值 {value}，下降超过 {n}%"],
  // Why something about people or segments was refused.
  ["the two stay apart: an earlier split keeps them apart. Lift it first.", "两者曾被人工拆分，需先撤销拆分才能合并。"],
  ["nobody has been seen with {identifier}. Check the spelling.", "没有客户拥有 {identifier}，请检查是否填写正确。"],
  ["there is no tag {key} in this workspace. Publish it, or ask for one there is.", "当前项目中没有标签 {key}，请先发布或改用已有标签。"],
  ["there is no segment {key} in this workspace. Publish it, or ask for one there is.", "当前项目中没有分群 {key}，请先发布或改用已有分群。"],
  // Why something was not begun, or not shown.
  ["{n} questions of yours are waiting for the event store already. Try again in a moment.", "您已有 {n} 个问题在排队，请稍后再试。"],
  ["{n} questions are waiting for the event store already. Try again in a moment.", "已有 {n} 个问题在排队，请稍后再试。"],
  ["{n} questions of yours are kept in the background already. Fetch or cancel some.", "您的后台已有 {n} 个问题，请先查看或停止一些。"],
  ["{n} questions are kept in the background already. Try again in a moment.", "后台已有 {n} 个问题，请稍后再试。"],
  ["{n} streams of changes are open already. Close one, or poll /api/v1/changes.", "已有 {n} 个页面在实时查看变化，请先关闭一些。"],
  ["this figure is named by a personal value, which your role sees masked. Ask somebody who may read personal values for the people behind it.", "该数字按个人信息分组，您的角色只能看到脱敏值，请由可查看个人信息的人员查看其中的客户。"],
  ["nothing was said of the event {event} of {source}.", "数据源 {source} 的事件 {event} 还没有判断结果。"],
  // What a document may hold where it was refused.
  ["rule: {told}", "规则：{told}"],
  ["schedule: {told}", "时间安排：{told}"],
  ["tiles: {told}", "卡片：{told}"],
  ["a setting of the source has a value it cannot have: {told}", "数据源设置有误：{told}"],
  ["the repaired message does not have the canonical shape: {told}", "修复后的消息格式有误：{told}"],
  ["Invalid enum value {value} - at `{place}`. Allowed: {choices}.", "{place} 的值 {value} 不可用，可用的值：{choices}。"],
  ["Invalid enum value {value}. Allowed: {choices}.", "值 {value} 不可用，可用的值：{choices}。"],
  ["Object contains unknown field `{field}` - at `{place}`. There are: {fields}.", "{place} 中没有字段 {field}，可用的字段：{fields}。"],
  ["Object contains unknown field `{field}`. There are: {fields}.", "没有字段 {field}，可用的字段：{fields}。"],
  ["Object missing required field `{field}` - at `{place}`.", "{place} 缺少必填字段 {field}。"],
  ["Object missing required field `{field}`.", "缺少必填字段 {field}。"],
  ["Expected {kind}, got {other} - at `{place}`.", "{place} 的类型不对：应为 {kind}，实际为 {other}。"],
  ["Expected {kind} - at `{place}`. Allowed: at least {least} characters.", "{place} 至少 {least} 个字符。"],
  ["Expected {kind} - at `{place}`. Allowed: at most {most} characters.", "{place} 至多 {most} 个字符。"],
  ["Expected {kind} - at `{place}`. Allowed: {least} to {most} characters.", "{place} 应为 {least} 到 {most} 个字符。"],
  ["Expected {kind} - at `{place}`. Allowed: at least {least} entries.", "{place} 至少 {least} 项。"],
  ["Expected {kind} - at `{place}`. Allowed: at most {most} entries.", "{place} 至多 {most} 项。"],
  ["Expected {kind} - at `{place}`. Allowed: {least} to {most} entries.", "{place} 应有 {least} 到 {most} 项。"],
  ["Expected {kind} - at `{place}`. Allowed: at least {least}.", "{place} 不得小于 {least}。"],
  ["Expected {kind} - at `{place}`. Allowed: at most {most}.", "{place} 不得大于 {most}。"],
  ["Expected {kind} - at `{place}`. Allowed: {least} to {most}.", "{place} 应在 {least} 到 {most} 之间。"],
];

interface Sentence {
  pattern: RegExp;
  names: readonly string[];
  chinese: string;
}

/** Everything but what stands in braces, letter by letter. */
function compiled(english: string, chinese: string): Sentence {
  const names = [...english.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const parts = english.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return { pattern: new RegExp(`^${parts.join("(.+)")}$`, "s"), names, chinese };
}

const SENTENCES: readonly Sentence[] = KNOWN.map(([english, chinese]) => compiled(english, chinese));

/** A sentence of the server in the language of the page; null where the page knows no Chinese for it. */
export function sentenceIn(language: Language, english: string): string | null {
  if (language === "en") return english;
  for (const { pattern, names, chinese } of SENTENCES) {
    const found = pattern.exec(english);
    const parts = found && heldIn(language, names, found);
    if (parts) return fill(chinese, parts);
  }
  return null;
}

/** What stands in the braces; null where a sentence among it is not known. */
function heldIn(language: Language, names: readonly string[], found: RegExpExecArray): Record<string, string> | null {
  const parts: Record<string, string> = {};
  for (const [place, name] of names.entries()) {
    const text = found[place + 1] ?? "";
    const said = name === "told" ? sentenceIn(language, text) : text;
    if (said === null) return null;
    parts[name] = said;
  }
  return parts;
}
