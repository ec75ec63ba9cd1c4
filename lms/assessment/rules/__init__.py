"""The pure rules of assessment: no framework, no database, no clock, no chance.

`kinds` is what an item holds, `responses` what a taker may give, `scoring` what it earns,
`irt` what it says about ability, `forms` how items make a test, `attempts` who may start,
answer and pass when. Everything is a value in and a value out.
"""
