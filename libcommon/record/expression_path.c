#include "base/memory.h"
#include "record/expression_parser.h"
#include "record/value.h"

int parser_advance(struct parser *parser)
{
	parser->previous_end = parser->token.end;
	return token_next(&parser->reader, &parser->token);
}

int parser_expected(struct parser *parser, const char *what)
{
	struct slice text =
	    slice_of(parser->reader.text.data + parser->token.start, parser->token.end - parser->token.start);

	if (parser->token.kind == TOKEN_END)
		return token_error(&parser->reader, parser->token.start, "%s is missing at the end", what);
	return token_error(&parser->reader, parser->token.start, "expected %s, found %.*s", what,
	    (int)(text.length < 40 ? text.length : 40), text.data);
}

int parser_take(struct parser *parser, enum token_kind kind, const char *what)
{
	return parser->token.kind == kind ? parser_advance(parser) : parser_expected(parser, what);
}

int parser_add_segment(struct parser *parser, struct path_parts *parts, struct slice segment)
{
	if (parts->count == PROPERTY_SEGMENTS_MAX)
		return token_error(
		    &parser->reader, parser->token.start, "a path of more than %d names", PROPERTY_SEGMENTS_MAX);
	parts->segments[parts->count++] = arena_dup(&parser->expression->arena, segment);
	return 0;
}

// at("/properties/flow~1in"), RFC 6901.
static int parse_pointer(struct parser *parser, struct path_parts *parts)
{
	struct slice rest = parser->token.text;
	struct buffer decoded = BUFFER_INIT;
	int failed = 0;

	if (parser->token.kind != TOKEN_STRING || !rest.length || rest.data[0] != '/')
		return parser_expected(parser, "a JSON Pointer such as \"/metadata/site\"");
	while (!failed && rest.length) {
		rest = slice_skip(rest, 1);
		const char *slash = rest.length ? memchr(rest.data, '/', rest.length) : NULL;
		struct slice segment = slice_of(rest.data, slash ? (size_t)(slash - rest.data) : rest.length);

		for (size_t i = 0; i < segment.length && !failed; i++)
			if (segment.data[i] == '~' &&
			    (i + 1 == segment.length || (segment.data[i + 1] != '0' && segment.data[i + 1] != '1')))
				failed = token_error(
				    &parser->reader, parser->token.start, "in a JSON Pointer, ~ is written ~0");
		buffer_reset(&decoded);
		property_segment_decode(&decoded, segment);
		failed = failed || parser_add_segment(parser, parts, buffer_slice(&decoded)) ? -1 : 0;
		rest = slice_skip(rest, segment.length);
	}
	buffer_release(&decoded);
	return failed ? -1 : parser_advance(parser);
}

static int parse_subscript(struct parser *parser, struct path_parts *parts)
{
	bool is_index = parser->token.kind == TOKEN_NUMBER;

	for (size_t i = 0; is_index && i < parser->token.text.length; i++)
		is_index = parser->token.text.data[i] >= '0' && parser->token.text.data[i] <= '9';
	if (!is_index && parser->token.kind != TOKEN_STRING)
		return parser_expected(parser, "the number of an element or a name in quotes");
	if (parser_add_segment(parser, parts, parser->token.text) || parser_advance(parser))
		return -1;
	return parser_take(parser, TOKEN_CLOSE_BRACKET, "']'");
}

// Behind the first name: .name and [3] and ["any name"], as many as there are.
static int parse_path_rest(struct parser *parser, struct path_parts *parts)
{
	for (;;) {
		if (parser->token.kind == TOKEN_OPEN_BRACKET) {
			if (parser_advance(parser) || parse_subscript(parser, parts))
				return -1;
		} else if (parser->token.kind == TOKEN_DOT) {
			if (parser_advance(parser))
				return -1;
			// Words that mean something elsewhere are names here.
			bool is_name = parser->token.kind == TOKEN_NAME || parser->token.kind >= TOKEN_AND;

			if (!is_name)
				return parser_expected(parser, "a name behind '.'");
			if (parser_add_segment(parser, parts, parser->token.text) || parser_advance(parser))
				return -1;
		} else {
			return 0;
		}
	}
}

static uint8_t member_of(struct slice name)
{
	uint8_t member = 0;

	while (member < MEMBER_COUNT && !slice_is(name, record_member_name((enum record_member)member)))
		member++;
	return member;
}

static bool same_path(const struct path *path, const struct path_parts *parts)
{
	bool same = path->count == parts->count;

	for (size_t i = 0; same && i < parts->count; i++)
		same = slice_equal(path->segments[i], parts->segments[i]);
	return same;
}

static struct slice quote(struct arena *arena, struct slice name)
{
	struct buffer text = BUFFER_INIT;
	struct slice quoted;

	json_append_string(&text, name);
	quoted = arena_dup(arena, buffer_slice(&text));
	buffer_release(&text);
	return quoted;
}

// The tree of the member, or of the whole record for all names without a meaning.
static size_t tree_of(struct expression *expression, uint8_t member)
{
	for (size_t i = 0; i < expression->path_count; i++)
		if (expression->paths[i].member == member)
			return expression->paths[i].tree;
	return expression->tree_count++;
}

static size_t add_path(struct parser *parser, const struct path_parts *parts)
{
	struct expression *expression = parser->expression;
	struct path path = {.count = parts->count, .member = member_of(parts->segments[0])};

	for (size_t i = 0; i < expression->path_count; i++)
		if (same_path(&expression->paths[i], parts))
			return i;
	path.text = arena_dup(
	    &expression->arena, slice_of(parser->reader.text.data + parts->start, parser->previous_end - parts->start));
	path.segments = arena_new(&expression->arena, parts->count * sizeof *path.segments);
	memcpy(path.segments, parts->segments, parts->count * sizeof *path.segments);
	path.quoted = quote(&expression->arena, path.segments[0]);
	path.tree = tree_of(expression, path.member);
	expression->paths = memory_grow(
	    expression->paths, &expression->path_capacity, expression->path_count + 1, sizeof *expression->paths);
	expression->paths[expression->path_count] = path;
	return expression->path_count++;
}

int parser_finish_path(struct parser *parser, struct path_parts *parts, bool is_pointer, size_t *index)
{
	if (is_pointer) {
		if (parser_advance(parser) || parse_pointer(parser, parts) || parser_take(parser, TOKEN_CLOSE, "')'"))
			return -1;
	}
	if (parse_path_rest(parser, parts))
		return -1;
	*index = add_path(parser, parts);
	return 0;
}

int parser_read_path(struct parser *parser, size_t *index)
{
	struct path_parts parts = {.start = parser->token.start};
	struct token first = parser->token;

	if (first.kind == TOKEN_OPEN_BRACKET)
		return parser_finish_path(parser, &parts, false, index);
	if (first.kind != TOKEN_NAME)
		return parser_expected(parser, "the name of a member");
	if (parser_advance(parser))
		return -1;
	if (parser->token.kind == TOKEN_OPEN) {
		if (slice_is(first.text, "at"))
			return parser_finish_path(parser, &parts, true, index);
		return token_error(&parser->reader, first.start, "expected the name of a member, found a function");
	}
	return parser_add_segment(parser, &parts, first.text) ? -1 : parser_finish_path(parser, &parts, false, index);
}
