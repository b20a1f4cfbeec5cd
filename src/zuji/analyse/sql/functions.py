"""The functions an analyst may call: each works on its arguments alone, within time and memory that limits can hold.

What is not here is refused. Left out on purpose: what reads files, addresses, other tables, dictionaries, settings or
the server's identity; what sleeps; what takes a table, a query or another function by its name in a text; what makes
much out of nothing (repeat, arrayWithConstant) or takes quadratic time in one call that cannot be stopped
(arrayFold, the edit distances, many regular expressions compiled into one); states of aggregates, which the engine
would also read back from bytes of the analyst's making.
"""

from __future__ import annotations

import re

_CONDITIONAL = """
if multiIf coalesce ifNull nullIf isNull isNotNull isNullable isZeroOrNull assumeNotNull toNullable greatest least
clamp and or xor not equals notEquals less lessOrEquals greater greaterOrEquals isNotDistinctFrom isDistinctFrom
identity ignore materialize transform firstNonDefault bar widthBucket
"""
_MATH = """
plus minus multiply divide divideOrNull intDiv intDivOrZero intDivOrNull modulo moduloOrZero moduloOrNull
positiveModulo negate abs sign gcd lcm sqrt cbrt exp exp2 exp10 ln log log2 log10 log1p pow power sin cos tan asin acos
atan atan2 sinh cosh tanh asinh acosh atanh hypot degrees radians pi e erf erfc lgamma tgamma sigmoid factorial
floor ceil ceiling round roundBankers roundToExp2 roundDown roundAge roundDuration trunc truncate isFinite isInfinite
isNaN ifNotFinite bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight bitRotateLeft bitRotateRight bitTest bitCount
bitTestAny bitTestAll bitHammingDistance max2 min2 multiplyDecimal divideDecimal isDecimalOverflow countDigits
greatCircleDistance geoDistance greatCircleAngle cosineDistance L1Distance L2Distance L2SquaredDistance LinfDistance
L1Norm L2Norm LinfNorm dotProduct scalarProduct minSampleSizeConversion minSampleSizeContinuous rand rand32 rand64
randCanonical
"""
_TIME = """
now now64 today yesterday toDate toDateOrNull toDateOrZero toDateOrDefault toDate32 toDate32OrNull toDate32OrZero
toDateTime toDateTimeOrNull toDateTimeOrZero toDateTimeOrDefault toDateTime32 toDateTime64 toDateTime64OrNull
toDateTime64OrZero toDateTime64OrDefault toTimeZone timeZoneOf timeZoneOffset toUTCTimestamp fromUTCTimestamp toYear
toQuarter toMonth toWeek toYearWeek toISOWeek toISOYear toDayOfYear toDayOfMonth toDayOfWeek toHour toMinute toSecond
toMillisecond toMicrosecond toNanosecond toDaysInMonth toLastDayOfMonth toLastDayOfWeek toMonday toStartOfDay
toStartOfHour toStartOfMinute toStartOfSecond toStartOfMillisecond toStartOfFiveMinutes toStartOfTenMinutes
toStartOfFifteenMinutes toStartOfInterval toStartOfWeek toStartOfMonth toStartOfQuarter toStartOfYear toStartOfISOYear
toTime toTimeWithFixedDate toRelativeYearNum toRelativeQuarterNum toRelativeMonthNum toRelativeWeekNum
toRelativeDayNum toRelativeHourNum toRelativeMinuteNum toRelativeSecondNum toYearNumSinceEpoch toMonthNumSinceEpoch
toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss YYYYMMDDToDate YYYYMMDDhhmmssToDateTime toUnixTimestamp toUnixTimestamp64Second
toUnixTimestamp64Milli toUnixTimestamp64Micro toUnixTimestamp64Nano fromUnixTimestamp fromUnixTimestamp64Second
fromUnixTimestamp64Milli fromUnixTimestamp64Micro fromUnixTimestamp64Nano toModifiedJulianDay fromModifiedJulianDay
toDaysSinceYearZero fromDaysSinceYearZero addYears addQuarters addMonths addWeeks addDays addHours addMinutes
addSeconds addMilliseconds addMicroseconds addNanoseconds addInterval subtractYears subtractQuarters subtractMonths
subtractWeeks subtractDays subtractHours subtractMinutes subtractSeconds subtractMilliseconds subtractMicroseconds
subtractNanoseconds subtractInterval addDate subDate dateDiff date_diff age dateTrunc DATE_TRUNC dateName monthName
timeDiff timeSlot formatDateTime formatDateTimeInJodaSyntax parseDateTime parseDateTimeOrNull parseDateTimeOrZero
parseDateTimeBestEffort parseDateTimeBestEffortOrNull parseDateTimeBestEffortOrZero parseDateTime64BestEffort
parseDateTime64BestEffortOrNull parseDateTime64BestEffortOrZero makeDate makeDate32 makeDateTime makeDateTime64
toIntervalYear toIntervalQuarter toIntervalMonth toIntervalWeek toIntervalDay toIntervalHour toIntervalMinute
toIntervalSecond toIntervalMillisecond tumble tumbleStart tumbleEnd changeYear changeMonth changeDay changeHour
changeMinute changeSecond formatReadableTimeDelta YEAR QUARTER MONTH DAY HOUR MINUTE SECOND
"""
_CONVERSION = """
toUInt8 toUInt16 toUInt32 toUInt64 toUInt128 toUInt256 toInt8 toInt16 toInt32 toInt64 toInt128 toInt256 toFloat32
toFloat64 toDecimal32 toDecimal64 toDecimal128 toDecimal256 toString toFixedString toBool toUUID toUUIDOrNull
toUUIDOrZero toLowCardinality toTypeName toJSONString toDecimalString toValidUTF8 CAST accurateCast accurateCastOrNull
accurateCastOrDefault reinterpretAsUInt8 reinterpretAsUInt32 reinterpretAsUInt64 reinterpretAsInt64
reinterpretAsFloat64 formatReadableQuantity formatReadableSize formatReadableDecimalSize hex unhex bin unbin
base64Encode base64Decode tryBase64Decode base64URLEncode base64URLDecode tryBase64URLDecode char conv
""" + " ".join(
    f"to{kind}{ending}"
    for kind in (
        *(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64, 128, 256)),
        *("Float32", "Float64", "Decimal32", "Decimal64", "Decimal128", "Decimal256"),
    )
    for ending in ("OrZero", "OrNull", "OrDefault")
)
_TEXT = """
length lengthUTF8 empty notEmpty lower upper lowerUTF8 upperUTF8 lcase ucase initcap initcapUTF8 reverse reverseUTF8
concat concatWithSeparator concat_ws substring substr mid substringUTF8 substringIndex substringIndexUTF8 left leftUTF8
right rightUTF8 trim trimLeft trimRight trimBoth ltrim rtrim startsWith startsWithUTF8 endsWith endsWithUTF8 position
positionUTF8 positionCaseInsensitive positionCaseInsensitiveUTF8 locate instr countSubstrings
countSubstringsCaseInsensitive replace replaceAll replaceOne replaceRegexpAll replaceRegexpOne translate translateUTF8
match like notLike ilike notILike extract extractAll extractGroups extractAllGroupsHorizontal extractAllGroupsVertical
regexpExtract countMatches countMatchesCaseInsensitive regexpQuoteMeta hasToken hasTokenCaseInsensitive hasTokenOrNull
splitByChar splitByString splitByRegexp splitByWhitespace splitByNonAlpha alphaTokens arrayStringConcat ascii
isValidUTF8 normalizeUTF8NFC normalizeUTF8NFKC appendTrailingCharIfAbsent firstLine hasSubsequence
hasSubsequenceCaseInsensitive ngramDistance ngramSearch soundex stringJaccardIndex stringJaccardIndexUTF8
encodeXMLComponent decodeXMLComponent decodeHTMLComponent encodeURLComponent decodeURLComponent
encodeURLFormComponent decodeURLFormComponent extractTextFromHTML multiSearchAny multiSearchAnyCaseInsensitive
multiSearchFirstIndex multiSearchFirstPosition multiSearchAllPositions extractKeyValuePairs overlay
protocol domain domainWithoutWWW topLevelDomain firstSignificantSubdomain cutToFirstSignificantSubdomain port path
pathFull queryString fragment queryStringAndFragment extractURLParameter extractURLParameters
extractURLParameterNames cutURLParameter cutWWW cutQueryString cutFragment cutQueryStringAndFragment URLHierarchy
URLPathHierarchy netloc isIPv4String isIPv6String isIPAddressInRange IPv4StringToNum IPv4NumToString
IPv4StringToNumOrNull IPv4StringToNumOrDefault toIPv4 toIPv6 toIPv4OrNull toIPv6OrNull
cityHash64 sipHash64 sipHash128 xxHash32 xxHash64 xxh3 murmurHash2_32 murmurHash2_64 murmurHash3_32 murmurHash3_64
farmHash64 intHash32 intHash64 halfMD5 MD5 SHA1 SHA224 SHA256 SHA512 CRC32
"""
_JSON = """
JSONHas JSONLength JSONKey JSONType JSONExtract JSONExtractUInt JSONExtractInt JSONExtractFloat JSONExtractBool
JSONExtractString JSONExtractRaw JSONExtractArrayRaw JSONExtractKeys JSONExtractKeysAndValues
JSONExtractKeysAndValuesRaw JSON_VALUE JSON_QUERY JSON_EXISTS JSONArrayLength isValidJSON simpleJSONHas
simpleJSONExtractUInt simpleJSONExtractInt simpleJSONExtractFloat simpleJSONExtractBool simpleJSONExtractString
simpleJSONExtractRaw visitParamHas visitParamExtractUInt visitParamExtractInt visitParamExtractFloat
visitParamExtractBool visitParamExtractString visitParamExtractRaw
"""
_ARRAYS = """
array arrayElement arrayElementOrNull has hasAll hasAny hasSubstr indexOf indexOfAssumeSorted countEqual range
arrayJoin arrayMap arrayFilter arrayExists arrayAll arrayCount arraySum arrayAvg arrayMin arrayMax arrayProduct
arrayFirst arrayFirstOrNull arrayFirstIndex arrayLast arrayLastOrNull arrayLastIndex arraySort arrayReverseSort
arrayPartialSort arrayPartialReverseSort arrayReverse arrayFill arrayReverseFill arraySplit arrayReverseSplit
arrayCumSum arrayCumSumNonNegative arrayDifference arrayCompact arrayConcat arrayDistinct arrayUniq arrayEnumerate
arrayEnumerateUniq arrayEnumerateDense arrayExcept arrayIntersect arrayUnion arraySymmetricDifference arrayFlatten
flatten arrayPopBack arrayPopFront arrayPushBack arrayPushFront arraySlice arrayZip arrayZipUnaligned arrayRotateLeft
arrayRotateRight arrayShiftLeft arrayShiftRight arrayJaccardIndex arrayDotProduct arrayRemove arrayNormalizedGini
arrayROCAUC emptyArrayUInt8 emptyArrayUInt64 emptyArrayInt64 emptyArrayFloat64 emptyArrayString emptyArrayDate
emptyArrayDateTime tuple tupleElement tupleConcat tupleNames map mapKeys mapValues mapContains
mapContainsKey mapContainsValue mapContainsKeyLike mapExtractKeyLike mapApply mapFilter mapSort mapReverseSort
mapExists mapAll mapAdd mapSubtract mapConcat mapUpdate mapFromArrays bitmapBuild
bitmapCardinality bitmapContains bitmapToArray
"""
_WINDOW = """
row_number rank dense_rank denseRank percent_rank percentRank cume_dist ntile lag lead lagInFrame leadInFrame
first_value last_value nth_value nonNegativeDerivative
"""
_AGGREGATES = """
count sum sumWithOverflow sumKahan sumCount avg avgWeighted min max any any_value anyHeavy
anyLast first_value last_value argMin argMax singleValueOrNull median quantile quantiles quantileExact quantilesExact
quantileExactLow quantilesExactLow quantileExactHigh quantilesExactHigh quantileExactExclusive quantilesExactExclusive
quantileExactInclusive quantilesExactInclusive quantileExactWeighted quantilesExactWeighted
quantileInterpolatedWeighted quantilesInterpolatedWeighted quantileTiming quantilesTiming quantileTimingWeighted
quantileTDigest quantilesTDigest quantileTDigestWeighted quantileDeterministic quantilesDeterministic quantileBFloat16
quantilesBFloat16 quantileDD quantilesDD quantileGK quantilesGK medianExact medianExactLow medianExactHigh
medianExactWeighted medianTiming medianTDigest medianDeterministic uniq uniqExact uniqCombined uniqCombined64
uniqHLL12 uniqUpTo groupArray groupArrayLast groupArraySample groupArraySorted groupArrayInsertAt groupUniqArray
groupArrayMovingSum groupArrayMovingAvg groupArrayIntersect groupBitAnd groupBitOr groupBitXor groupBitmap groupConcat
topK topKWeighted approx_top_k approx_top_sum histogram varPop varSamp stddevPop stddevSamp covarPop covarSamp corr
skewPop skewSamp kurtPop kurtSamp entropy gini rankCorr simpleLinearRegression studentTTest welchTTest
mannWhitneyUTest meanZTest kolmogorovSmirnovTest cramersV cramersVBiasCorrected theilsU contingency deltaSum
deltaSumTimestamp boundingRatio exponentialMovingAverage exponentialTimeDecayedAvg exponentialTimeDecayedSum
exponentialTimeDecayedCount intervalLengthSum maxIntersections maxIntersectionsPosition largestTriangleThreeBuckets
sparkbar windowFunnel retention sequenceMatch sequenceCount sequenceMatchEvents sequenceNextNode
"""
COMBINATORS = ("If", "Array", "Map", "ForEach", "Distinct", "OrDefault", "OrNull", "ArgMin", "ArgMax")
"""Endings of aggregates. Not among them: State and Merge (see above), Resample (an array as long as one likes)."""

GROUPS: dict[str, tuple[str, ...]] = {
    name: tuple(dict.fromkeys(text.split()))
    for name, text in {
        "conditional": _CONDITIONAL,
        "math": _MATH,
        "date and time": _TIME,
        "conversion": _CONVERSION,
        "text, URL and hash": _TEXT,
        "JSON": _JSON,
        "arrays, tuples and maps": _ARRAYS,
        "window": _WINDOW,
        "aggregates": _AGGREGATES,
    }.items()
}
AGGREGATES = frozenset(GROUPS["aggregates"])
ALL = frozenset(name for names in GROUPS.values() for name in names)
_BY_LOWER = {name.lower(): name for name in sorted(ALL)}
_COMBINED = re.compile(f"({'|'.join(sorted(AGGREGATES, key=len, reverse=True))})((?:{'|'.join(COMBINATORS)})+)")

INSTEAD = {
    "repeat": "bar() draws bars",
    "space": "bar() draws bars",
    "arraywithconstant": "arrayMap(i -> value, range(n)) makes an array",
    "arrayfold": "arrayCumSum, arraySum and arrayMap do most of what it does",
    "arrayreduce": "arraySum, arrayAvg, arrayMax and their like take the array itself",
    "multimatchany": "match(text, 'one|other') takes several patterns",
    "dictget": "Join the view people",
    "joinget": "Join the view people",
    "numbers": "arrayJoin(range(n)) gives the numbers from 0",
    "generate_series": "arrayJoin(range(n)) gives the numbers from 0",
    "columns": "Name the columns",
}
"""What to write instead of functions that people miss, by their name in lower case."""


def aggregate_named(name: str) -> str | None:
    """The aggregate of this name as the engine spells it, with its combinators; None when there is none.

    >>> aggregate_named("COUNT"), aggregate_named("quantileIf"), aggregate_named("sumState")
    ('count', 'quantileIf', None)
    """
    plain = _BY_LOWER.get(name.lower())
    if plain in AGGREGATES:
        return plain
    return name if _COMBINED.fullmatch(name) else None


def function_named(name: str) -> str | None:
    """The function of this name as the engine spells it; None when it is not on the list.

    >>> function_named("IF"), function_named("file")
    ('if', None)
    """
    return _BY_LOWER.get(name.lower()) or aggregate_named(name)
