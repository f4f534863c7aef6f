/* cover_why.c: abi. Why no case reaches a rule or a pair of rules. */
#include "abi/cover.h"

static const char *const whys[RULE_COUNT] = {
#define UNREACHABLE(abi, name, why) [RULE_##abi##_##name] = why,
#include "abi/unreachable.def"
#undef UNREACHABLE
};

const char *cover_why_not(int rule)
{
	return whys[rule];
}

const char *cover_why_not_pair(int a, int b)
{
	if (whys[a] || whys[b])
		return whys[a] ? whys[a] : whys[b];
	if (rule_info[a].kind == RULE_RESULT && rule_info[b].kind == RULE_RESULT)
		return "a case has one result, and no result is returned in both ways";
	return NULL;
}
