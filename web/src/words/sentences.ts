/** Sentences of the server that a Chinese page says in Chinese. Braces hold what changes; it is carried over as it is. */

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
    if (found) return fill(chinese, Object.fromEntries(names.map((name, place) => [name, found[place + 1] ?? ""])));
  }
  return null;
}
