"""Items, quizzes, forms and attempts: how an answer becomes a score and a score a result.

Words: an *item* is one question in one version; a *form* is a fixed list of items that meets a
*blueprint*; an *attempt* is one person's run through one form; a *response* is what the taker
gave for one item; a *mark* is 0 or 1 per item, the *raw score* their sum, *theta* the estimate
on the logit scale.

It does not decide what a pass is worth: evidence, certificates and learning hours belong to the
packages above and below, and it knows courses and lessons only by their code and number.
"""
