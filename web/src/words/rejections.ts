import type { Words } from "./words";

/** Causes of quarantine in words. */
export const reasonWords: Words = {
  not_an_object: { en: "Not an object", zh: "不是 JSON 对象" },
  unknown_type: { en: "Unknown type", zh: "未知的消息类型" },
  wrong_field_type: { en: "A field of the wrong type", zh: "字段类型错误" },
  no_identifier: { en: "Names nobody", zh: "没有任何用户标识" },
  no_event_name: { en: "No event name", zh: "缺少事件名" },
  bad_name: { en: "A name against the rules", zh: "名称不合规" },
  bad_message_id: { en: "Message id too long", zh: "消息 ID 过长" },
  event_too_big: { en: "Too big", zh: "事件过大" },
  future_time: { en: "Dated in the future", zh: "时间在未来" },
  too_old: { en: "Dated too long ago", zh: "时间过早" },
  needs_secret_key: { en: "Needs the secret key", zh: "需要服务端密钥" },
  too_many_new_people: { en: "Too many new people at once", zh: "新客户过多" },
  too_many_new_properties: { en: "Too many new properties at once", zh: "新属性过多" },
  against_rule: { en: "Against a rule of the workspace", zh: "违反项目规则" },
  against_plan: { en: "Against the tracking plan", zh: "不符合埋点方案" },
  processing_failed: { en: "Broke a stage", zh: "处理出错" },
};

/** What each cause means, in a sentence. */
export const reasonSentences: Words = {
  not_an_object: { en: "An item of the batch is not a JSON object.", zh: "批次中的某一项不是 JSON 对象。" },
  unknown_type: { en: "The type of the message is none of those its protocol knows.", zh: "消息类型不在其协议支持的范围内。" },
  wrong_field_type: { en: "A field of the message has the wrong type.", zh: "消息的某个字段类型不对，例如应为文本却是对象。" },
  no_identifier: { en: "The message names nobody.", zh: "消息中没有任何用户标识，无法知道是谁。" },
  no_event_name: { en: "A track message without the name of its event.", zh: "行为消息缺少事件名。" },
  bad_name: { en: "The name of an event or property breaks the rule of its protocol.", zh: "事件名或属性名不符合其协议的规则。" },
  bad_message_id: { en: "The message id is longer than 100 characters.", zh: "消息 ID 超过 100 个字符。" },
  event_too_big: { en: "The event is larger than its source allows.", zh: "事件大小超过数据源的上限。" },
  future_time: { en: "The event lies more than a day in the future.", zh: "校正时钟后，事件仍在一天以后的未来。" },
  too_old: { en: "The event is dated before the earliest time its source allows.", zh: "事件时间早于数据源允许的最早时间。" },
  needs_secret_key: { en: "A public key asked for what only a secret key may do.", zh: "写入密钥请求了只有服务端密钥才能执行的操作。" },
  too_many_new_people: { en: "More new people within an hour than the source may bring.", zh: "一小时内的新客户数超过数据源上限。" },
  too_many_new_properties: { en: "More new properties within a day than the source may bring.", zh: "一天内的新属性数超过数据源上限。" },
  against_rule: { en: "A rule of the workspace sets it aside; the detail names the rule.", zh: "被项目设置的规则隔离，具体规则见说明。" },
  against_plan: { en: "The tracking plan is enforced for this event, and it is not as planned.", zh: "该事件强制执行埋点方案，而上报内容与方案不符。" },
  processing_failed: { en: "It broke a stage and was set aside so that others could pass.", zh: "处理时出错，已单独隔离以免影响其他事件。" },
};
