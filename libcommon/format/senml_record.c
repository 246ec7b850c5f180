#define _GNU_SOURCE // memmem
#include "format/senml_record.h"

#include "record/line_scan.h"

const char *const senml_label_names[SENML_LABELS] = {
    "bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"};

void senml_reader_release(struct senml_reader *reader)
{
	value_tree_release(&reader->tree);
	buffer_release(&reader->name);
}

static int find_short(char c)
{
	switch (c) {
	case 'n':
		return SENML_N;
	case 'u':
		return SENML_U;
	case 'v':
		return SENML_V;
	case 's':
		return SENML_S;
	case 't':
		return SENML_T;
	default:
		return -1;
	}
}

// -1 for what is no label.
static int find_label(struct slice name)
{
	if (name.length == 1)
		return find_short(name.data[0]);
	for (int label = 0; label < SENML_LABELS; label++)
		if (slice_is(name, senml_label_names[label]))
			return label;
	return -1;
}

static bool fits(enum senml_label label, enum value_kind kind)
{
	switch (label) {
	case SENML_BN:
	case SENML_BU:
	case SENML_N:
	case SENML_U:
	case SENML_VS:
	case SENML_VD:
		return kind == VALUE_STRING;
	case SENML_VB:
		return kind == VALUE_TRUE || kind == VALUE_FALSE;
	default:
		return kind == VALUE_NUMBER;
	}
}

static void take_label(struct senml_record *record, enum senml_label label, const struct value *member)
{
	record->present |= SENML_BIT(label);
	record->text[label] = member->text;
	if (!fits(label, member->kind))
		record->wrong |= SENML_BIT(label);
	if (member->kind != VALUE_STRING)
		return;
	record->text[label] = slice_of(member->text.data + 1, member->text.length - 2);
	if (member->escaped)
		record->escaped |= SENML_BIT(label);
}

static struct slice decoded_name(struct senml_reader *reader, const struct value *member)
{
	if (!member->name_escaped)
		return member->name;
	buffer_reset(&reader->name);
	json_decode_string(&reader->name, member->name);
	return buffer_slice(&reader->name);
}

// The texts of labels that are not present stay what they are.
static inline void begin(struct senml_record *record)
{
	record->present = record->wrong = record->escaped = 0;
	record->has_others = record->must_understand = false;
}

int senml_record_read_plain(
    struct senml_reader *reader, struct slice text, struct senml_record *record, struct error *error)
{
	const struct value *root;

	begin(record);
	if (value_parse(&reader->tree, text, error) < 0)
		return -1;
	root = value_root(&reader->tree);
	if (root->kind != VALUE_OBJECT)
		return error_set(error, "it is no object");
	for (const struct value *member = value_first(&reader->tree, root); member;
	     member = value_next(&reader->tree, member)) {
		struct slice name = decoded_name(reader, member);
		int label = find_label(name);

		if (label >= 0) {
			take_label(record, (enum senml_label)label, member);
			continue;
		}
		record->has_others = true;
		if (name.length && name.data[name.length - 1] == '_' && !record->must_understand) {
			record->must_understand = true;
			record->not_understood = member->name;
		}
	}
	return 0;
}

// A label of one or two letters, whose opening quote is at p; *length: with both quotes. -1 for all else.
static inline int find_quoted(const char *p, size_t *length)
{
	*length = 3;
	if (p[2] == '"')
		return find_short(p[1]);
	*length = 4;
	if (p[3] != '"')
		return -1;
	switch ((unsigned char)p[1] * 256 + (unsigned char)p[2]) {
	case 'b' * 256 + 'n':
		return SENML_BN;
	case 'b' * 256 + 't':
		return SENML_BT;
	case 'b' * 256 + 'u':
		return SENML_BU;
	case 'v' * 256 + 's':
		return SENML_VS;
	case 'v' * 256 + 'b':
		return SENML_VB;
	case 'u' * 256 + 't':
		return SENML_UT;
	default:
		return -1;
	}
}

// The value of a label, behind it; NULL when it is not plain or not of the label's kind.
static inline const char *take_plain(struct senml_record *record, int label, const char *p, const char *end)
{
	const char *from = p;

	if (*p == '"') {
		p = line_find_plain_end(p + 1, end);
		if (!p || !fits((enum senml_label)label, VALUE_STRING))
			return NULL;
		record->text[label] = slice_of(from + 1, (size_t)(p - from) - 1);
		return p + 1;
	}
	if (label == SENML_VB) {
		p = json_scan_word(from, end, "true", 4);
		p = p ? p : json_scan_word(from, end, "false", 5);
	} else {
		p = fits((enum senml_label)label, VALUE_NUMBER) ? json_scan_number(from, end) : NULL;
	}
	if (p)
		record->text[label] = slice_of(from, (size_t)(p - from));
	return p;
}

static inline const char *skip_blanks(const char *p, const char *end)
{
	return p < end && (unsigned char)*p <= ' ' ? json_skip_blanks(p, end) : p;
}

// Most records have nothing but labels, each once, and strings without escapes. False when this one may be another.
static bool read_usual(struct slice text, struct senml_record *record)
{
	const char *p = text.data, *end = p + text.length;

	if (!text.length || *p++ != '{')
		return false;
	begin(record);
	for (;; p++) {
		size_t length;

		p = skip_blanks(p, end);
		// The shortest member and a bracket, so that nothing behind the end is taken for a label.
		if (end - p < 6 || *p != '"')
			return false;
		int label = find_quoted(p, &length);

		if (label < 0 || record->present & SENML_BIT(label))
			return false;
		p = skip_blanks(p + length, end);
		if (p == end || *p++ != ':')
			return false;
		p = skip_blanks(p, end);
		if (p == end || !(p = take_plain(record, label, p, end)))
			return false;
		record->present |= SENML_BIT(label);
		p = skip_blanks(p, end);
		if (p == end || *p != ',')
			return p + 1 == end && *p == '}';
	}
}

int senml_record_read(struct senml_reader *reader, struct slice text, struct senml_record *record, struct error *error)
{
	return read_usual(text, record) ? 0 : senml_record_read_plain(reader, text, record, error);
}

uint32_t senml_record_mentioned(struct slice text)
{
	uint32_t mentioned = 0;

	// Such an escape can spell any label.
	if (memmem(text.data, text.length, "\\u", 2))
		return SENML_BASES;
	for (int label = 0; label < SENML_N; label++) {
		char quoted[8] = "\"";
		size_t length = strlen(senml_label_names[label]);

		memcpy(quoted + 1, senml_label_names[label], length);
		quoted[length + 1] = '"';
		if (memmem(text.data, text.length, quoted, length + 2))
			mentioned |= SENML_BIT(label);
	}
	return mentioned;
}

void senml_record_append_others(struct buffer *out, const struct senml_reader *reader)
{
	struct buffer name = BUFFER_INIT;
	bool first = true;

	for (const struct value *member = value_first(&reader->tree, value_root(&reader->tree)); member;
	     member = value_next(&reader->tree, member)) {
		buffer_reset(&name);
		json_decode_string(&name, member->name);
		if (find_label(buffer_slice(&name)) >= 0)
			continue;
		buffer_append_string(out, first ? "" : ",");
		json_append_string(out, buffer_slice(&name));
		buffer_append_char(out, ':');
		value_append_compact(out, member->text);
		first = false;
	}
	buffer_release(&name);
}
