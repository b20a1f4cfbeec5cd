import type { Words } from "./words";

/** What cleaning noticed about an event, by the names of the flags. */
export const flagWords: Words = {
  inferred: { en: "inferred", zh: "推断事件" },
  robot: { en: "robot", zh: "机器人" },
  late: { en: "late", zh: "迟到" },
  repaired: { en: "mended", zh: "已修正" },
  time_corrected: { en: "clock corrected", zh: "时间已校正" },
  time_clamped: { en: "time set back", zh: "时间已截断" },
  time_guessed: { en: "time of receipt", zh: "以接收时间代替" },
  blocked_identifier: { en: "identifier left out", zh: "标识被忽略" },
  no_analytics: { en: "not for analytics", zh: "不用于分析" },
  suspect: { en: "suspect", zh: "可疑" },
  against_plan: { en: "against the plan", zh: "不符合埋点方案" },
};

/** The same in a sentence each. */
export const flagSentences: Words = {
  inferred: { en: "Nobody sent this event: zuji concluded it from others.", zh: "该事件并非上报，而是由其他事件推断得出。" },
  robot: { en: "It looks like a machine's doing; questions leave it out.", zh: "疑似机器人行为，分析时会排除。" },
  late: { en: "It arrived more than a day after it happened.", zh: "发生一天以后才到达。" },
  repaired: { en: "Cleaning mended it; what stood there before is kept beside it.", zh: "清洗时已修正，原值保留在旁。" },
  time_corrected: { en: "The clock of the device was wrong; the time was corrected by it.", zh: "设备时钟不准，已据此校正发生时间。" },
  time_clamped: { en: "It was dated ahead of its receipt; the time of receipt stands in.", zh: "发生时间晚于接收时间，已改为接收时间。" },
  time_guessed: { en: "It came without a usable time; the time of receipt stands in.", zh: "没有可用的发生时间，以接收时间代替。" },
  blocked_identifier: { en: "An identifier stands for nobody (such as “null”) and was left out.", zh: "某个标识不代表任何人（如“null”），未用于识别。" },
  no_analytics: { en: "The person did not consent to analytics; questions leave it out.", zh: "客户未授权用于分析，分析时会排除。" },
  suspect: { en: "A rule holds it for impossible or unusual; it is stored as it came.", zh: "被规则判定为不可能或异常，按原样入库。" },
  against_plan: { en: "It is not as the tracking plan foresees.", zh: "与埋点方案不一致。" },
};

/** Why, by what a reason begins with; `{what}` is what it is about. */
export const reasonHeads: Words = {
  "plan:unplanned": { en: "the event is not in the plan", zh: "该事件不在方案中" },
  "plan:missing": { en: "{what} is missing", zh: "缺少属性 {what}" },
  "plan:type": { en: "{what} has another type", zh: "属性 {what} 的类型不符" },
  "plan:enum": { en: "{what} is none of the planned values", zh: "属性 {what} 不在允许的取值内" },
  "plan:pattern": { en: "{what} does not match its pattern", zh: "属性 {what} 不符合格式" },
  "plan:other": { en: "{what} is not in the plan", zh: "属性 {what} 不在方案中" },
  standardised: { en: "standardised: {what}", zh: "已统一写法：{what}" },
  renamed: { en: "came as {what}", zh: "原事件名为 {what}" },
  blocked: { en: "left out: {what}", zh: "已忽略：{what}" },
  "view:short": { en: "a view of less than a second", zh: "停留不足一秒" },
  "click:repeated": { en: "the same click again within a minute", zh: "一分钟内重复点击" },
  "order:repeated": { en: "the same order a second time", zh: "同一订单重复上报" },
  "refund:before_order": { en: "a refund dated before its order", zh: "退款早于订单" },
  "refund:no_order": { en: "a refund of an order that never came", zh: "退款对应的订单从未出现" },
  "currency:unknown": { en: "the currency is unknown", zh: "币种无法识别" },
  negative: { en: "{what} is negative", zh: "{what} 为负数" },
  impossible: { en: "{what} is impossible", zh: "{what} 的值不可能" },
  swapped: { en: "{what}: latitude and longitude were swapped", zh: "{what} 的经纬度写反" },
  "robot:rate": { en: "turns pages faster than anybody reads", zh: "翻页快到无人能读" },
  "robot:network": { en: "the address lies in a network of data centres", zh: "地址位于数据中心网段" },
  "robot:honeypot": { en: "it reached what no person finds", zh: "触发了真人不可能找到的页面" },
  constraint: { en: "breaks the constraint “{what}”", zh: "违反约束“{what}”" },
  outlier: { en: "{what} is far from what is usual", zh: "{what} 远离常态" },
  range: { en: "{what} is outside its range", zh: "{what} 超出规定范围" },
};
