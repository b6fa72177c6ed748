"""The demo payment provider: a foreign system in miniature, at which no money moves.

It speaks XBezahldienste 1.0.0 to the portal and shows a page on which a person pays or breaks off. A
process of its own on the standard library alone; a real installation sets AMTSWEG_PAYMENT_URL instead.
"""
