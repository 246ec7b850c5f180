#include "base/message.h"
#include "twin/get.h"
#include "twin/store_why.h"

struct asking {
	struct get *get;
	struct why why;
};

static int take(void *context, const struct record *record, struct assignments *said, struct error *error)
{
	struct asking *asking = context;

	(void)error;
	why_add_record(&asking->why, record, said, record_reader_source(asking->get->streams.reader),
	    &asking->get->question->instant);
	return 0;
}

static int gather(struct asking *asking, struct error *error)
{
	struct get *get = asking->get;
	const struct get_question *question = get->question;

	if (!get->store)
		return get_records(get, take, asking, error);
	if (!get->store->has_history && !get_is_past(question) && !get->quiet)
		message_print("store '%s' keeps no history: what was beaten is not known", get->store->path);
	return store_why(&asking->why, get->store, &question->instant, error);
}

// A twin that nobody knows is told of with all answers.
static void tell_unknown(struct asking *asking)
{
	struct get *get = asking->get;
	const struct get_question *question = get->question;
	const char *near = why_near_name(&asking->why), *when = get_is_past(question) ? " as of then" : "";

	if (!asking->why.has_twin || get->quiet)
		return;
	if (near)
		message_print("'%s' has no property '%s'%s; did you mean '%s'?", question->entities.items[0],
		    question->properties.items[0], when, near);
	else
		message_print(
		    "'%s' has no property '%s'%s", question->entities.items[0], question->properties.items[0], when);
}

int get_why(struct get *get, struct error *error)
{
	const struct get_question *question = get->question;
	struct slice entity_id = slice_from_string(question->entities.items[0]);
	struct asking asking = {.get = get};
	struct why *why = &asking.why;
	struct buffer text = BUFFER_INIT;

	why_init(why, entity_id, slice_from_string(question->properties.items[0]), get->model, question->beaten);
	why->has_at = question->has_at;
	why->at = question->instant.at;
	why->has_known_at = question->has_known_at;
	why->known_at = question->instant.known_at;
	int failed = gather(&asking, error);

	if (why->has_twin)
		twin_set_add(&get->set, entity_id);
	if (!failed && !why->is_known)
		tell_unknown(&asking);
	if (!failed && why->is_known) {
		get_tell_undated(get, why->undated);
		why_append(why, &text);
		failed = answers_add(&get->answers, GET_WHY, buffer_slice(&text), error) < 0;
	}
	why_release(why);
	buffer_release(&text);
	return failed ? -1 : 0;
}
