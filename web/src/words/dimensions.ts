/** What quality is judged under. */
export const dimensionWords = {
  completeness: { en: "Completeness", zh: "完整性" },
  accuracy: { en: "Accuracy", zh: "准确性" },
  validity: { en: "Validity", zh: "有效性" },
  timeliness: { en: "Timeliness", zh: "及时性" },
  consistency: { en: "Consistency", zh: "一致性" },
  uniqueness: { en: "Uniqueness", zh: "唯一性" },
};
