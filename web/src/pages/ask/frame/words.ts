import type { Words } from "@/words/words";

/** The frame of a page over which its clicks are shown. */
export const words = {
  title: { en: "On the page", zh: "页面上的点击" },
  lead: {
    en: "Boxes are the elements that were clicked, where they stood; spots are where on them. Choose a box to see who clicked.",
    zh: "方框是被点击的元素及其所在位置，色斑是具体的点击处。点选方框可查看是谁点击的。",
  },
  page: { en: "Page", zh: "页面" },
  width: { en: "Width of the screen", zh: "屏幕宽度" },
  wide: { en: "Desktop · {n}", zh: "桌面 · {n}" },
  narrow: { en: "Phone · {n}", zh: "手机 · {n}" },
  box: { en: "{element}: {clicks} clicks by {people} people, {share} of this page", zh: "{element}：{people} 位客户点击 {clicks} 次，占本页 {share}" },
  few: { en: "few clicks", zh: "点击少" },
  many: { en: "many", zh: "点击多" },
  unplaced: {
    en: "Elements that are not drawn because nobody told where they stand: {n}. The table has them.",
    zh: "有 {n} 个元素未提供位置，未画出，可在表格中查看。",
  },
  masked: {
    en: "Pages that are left out: {n}. Their paths hold personal values, which your role sees masked.",
    zh: "有 {n} 个页面未列出：其路径含个人信息，您的角色只能看到脱敏后的内容。",
  },
  unknown: {
    en: "The clicks on this page do not tell where their elements stand. The zuji script tells it with every click from now on.",
    zh: "本页的点击没有提供元素位置。今后由 zuji 脚本采集的点击都会带上位置。",
  },
} satisfies Words;
