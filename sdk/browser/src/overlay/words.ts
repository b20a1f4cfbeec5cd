/** Everything the overlay says, in both languages. */

import type { Language } from './server'

const WORDS = {
  title: ['Visual event', '可视化事件'],
  opening: ['Opening …', '正在打开…'],
  over: ['This link is used or over. Open the page again from the console.', '链接已使用或已过期，请从控制台重新打开页面。'],
  point: ['Click the element that you mean.', '点击您要定义的元素。'],
  pick: ['Point at an element', '选择元素'],
  rest: ['Use the page (Esc)', '操作页面（Esc）'],
  resting: ['The page works as usual now.', '现在可以正常操作页面。'],
  hidden: ['Clicks on this element are not collected.', '该元素的点击不会被采集。'],
  nothing: ['Nothing here lasts long enough to be found by.', '没有可稳定识别该元素的方式。'],
  selector: ['How it is found', '识别方式'],
  clicks: ['{n} clicks', '{n} 次点击'],
  kinds: ['{n} kinds', '{n} 种'],
  figures: ['{n} clicks by {people} people in the last 7 days', '最近 7 天 {n} 次点击，{people} 人'],
  no_clicks: ['Nobody has clicked this yet.', '还没有人点击过。'],
  many_texts: ['This finds elements with many different texts.', '该方式会匹配许多文字不同的元素。'],
  path: ['Pages (* stands for anything, empty for all)', '页面路径（* 代表任意内容，留空为全部）'],
  en: ['Name in English', '英文名称'],
  zh: ['Name in Chinese', '中文名称'],
  key: ['Key', '标识'],
  save: ['Save the draft', '保存草稿'],
  saved: ['Saved as a draft. Publish it in the console, under Data, Visual events.', '已存为草稿，请在控制台“数据 / 可视化事件”中发布。'],
  taken: ['This key is taken. Choose another one.', '标识已被使用，请换一个。'],
  refused: ['The server refused this: {why}', '服务器拒绝：{why}'],
  unreachable: ['The server cannot be reached.', '无法连接服务器。'],
  side: ['To the other side', '移到另一侧'],
  close: ['Close', '关闭'],
  data: ['tracking attribute', '埋点属性'],
  id: ['id', 'id'],
  label: ['label', '标签'],
  class: ['class', '类名'],
  place: ['place', '位置'],
} as const

export type Word = keyof typeof WORDS
export type Say = (word: Word, values?: Record<string, string | number>) => string

/** Before the server has told the person's language, the browser's is taken. */
export function sayIn(language: Language): Say {
  return (word, values = {}) =>
    WORDS[word][language === 'zh' ? 1 : 0].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

export function languageOfBrowser(): Language {
  return navigator.language.startsWith('zh') ? 'zh' : 'en'
}
