"""A text that is long enough to be compared."""

WORDS = (
    "The Torkham crossing was closed on Monday after border guards of both sides exchanged fire near the zero point, and"
    " hundreds of trucks with fruit and cement were left waiting while officials in Peshawar and Jalalabad blamed each"
    " other for a new post that one of them had begun to build. Traders said that every day of closure costs them about"
    " three million dollars, and asked both governments to keep politics away from the road. A spokesman in Kabul said"
    " that the post stood on Afghan land, while Islamabad answered that the line had been settled long ago."
)
