import type { Words } from "@/words/words";

/** Segments laid over one another. */
export const words = {
  title: { en: "Overlap", zh: "分群重叠" },
  lead: {
    en: "Everybody in these segments stands in one bar: who is in exactly the segments that are dotted below it.",
    zh: "所选分群中的每位客户只计入一根柱：恰好属于下方标点的分群。",
  },
  choose: { en: "Segments (up to six)", zh: "分群（最多六个）" },
  two: { en: "Choose two segments or more to see what they have in common.", zh: "请选择至少两个分群，查看它们的重叠。" },
  empty: { en: "Nobody is in any of these segments now.", zh: "当前没有客户属于这些分群。" },
  label: { en: "{n} combinations of {names}; the table says the same", zh: "{names} 的 {n} 种组合，内容同下方表格" },
  exactly: { en: "In exactly", zh: "恰好属于" },
  people: { en: "People", zh: "客户数" },
  share: { en: "Share", zh: "占比" },
  and: { en: " and ", zh: " 且 " },
  only: { en: "Only {name}", zh: "仅“{name}”" },
  inAny: { en: "{n} people in any of them, {all} in all of them.", zh: "共 {n} 位客户至少属于其中一个，{all} 位属于全部。" },
  rest: { en: "The picture shows the {n} largest; the table has all {all}.", zh: "图中为最大的 {n} 种组合，表格列出全部 {all} 种。" },
} satisfies Words;
